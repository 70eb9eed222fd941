// Secrets of authenticator apps are encrypted with a key derived from AUTH_SECRET. A rotation must lock no user out.
import { randomBytes } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { TestClock } from '../../support/app/clock.js'
import { beginTotp, enrollTotp, signInWithTotp } from '../../support/app/factors.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'
import { runJob } from '../../support/processes/smtp-relay.js'

const newSecret = () => randomBytes(32).toString('base64')

const running: TestApp[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

/** A deployment with this AUTH_SECRET on one database. */
async function createDeployments() {
  const target = await createPersistentDatabase()
  const clock = new TestClock()
  return async (authSecret: string) => {
    for (const app of running.splice(0)) await app.close()
    const app = await startApp({ target, clock, env: { AUTH_SECRET: authSecret } })
    running.push(app)
    return app
  }
}

const sealedSecretOf = async ({ db }: TestApp, userId: string) =>
  (await db.totpCredential.findUniqueOrThrow({ where: { userId } })).sealedSecret

it('secrets follow the rotation: when they are used, and in the background', async () => {
  const deploy = await createDeployments()
  const [old, next] = [newSecret(), newSecret()]
  const first = await deploy(old)
  const ada = await enrollTotp(first, await registerPerson(first))
  const bob = await enrollTotp(first, await registerPerson(first))
  const sealed = [await sealedSecretOf(first, ada.id), await sealedSecretOf(first, bob.id)]

  const second = await deploy(`${next},${old}`)
  await signInWithTotp(second, ada)
  expect(await sealedSecretOf(second, ada.id)).not.toBe(sealed[0])
  expect(await sealedSecretOf(second, bob.id)).toBe(sealed[1])

  const failure = await deploy(next).catch((error: unknown) => error as Error)
  expect(failure).toMatchObject({ name: 'StartupError' })
  expect((failure as Error).message).toMatch(/^AUTH_SECRET cannot decrypt secrets of authenticator/)
  expect((failure as Error).message).not.toContain('\n')
  for (const secret of [old, next]) expect((failure as Error).message).not.toContain(secret)

  const third = await deploy(`${next},${old}`)
  await runJob(third, 'encrypt secrets of authenticator apps again')
  const resealed = await sealedSecretOf(third, bob.id)
  expect(resealed).not.toBe(sealed[1])
  await runJob(third, 'encrypt secrets of authenticator apps again')
  expect(await sealedSecretOf(third, bob.id)).toBe(resealed)

  const last = await deploy(next)
  await signInWithTotp(last, ada)
  await signInWithTotp(last, bob)
})

it('the job encrypts more secrets than fit in one batch, unconfirmed ones as well', async () => {
  const deploy = await createDeployments()
  const [old, next] = [newSecret(), newSecret()]
  const first = await deploy(old)
  const person = await registerPerson(first)
  await beginTotp(first, person)
  const sealed = await sealedSecretOf(first, person.id)
  const copies = 450
  await first.db.$executeRaw`
    INSERT INTO users (id, email, created_at, updated_at)
    SELECT gen_random_uuid(), 'copy' || i || '@example.com', now(), now() FROM generate_series(1, ${copies}::int) i`
  await first.db.$executeRaw`
    INSERT INTO totp_credentials (user_id, sealed_secret, session_id, created_at, expires_at)
    SELECT id, ${sealed}, id, now(), now() FROM users WHERE email LIKE 'copy%'`

  const second = await deploy(`${next},${old}`)
  await runJob(second, 'encrypt secrets of authenticator apps again')
  expect(await second.db.totpCredential.count({ where: { sealedSecret: sealed } })).toBe(0)
  expect(await second.db.totpCredential.count()).toBe(copies + 1)
  await deploy(next)
})
