import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson, type Person } from '../../support/app/client.js'
import { sendOperationsConcurrently } from '../../support/app/concurrent-operations.js'
import { presenceProofOf } from '../../support/app/presence-proofs.js'
import {
  addPasskey,
  documentOf,
  outcomeOf,
  reauthenticateWithPasskey,
  run,
  signInWithPasskey,
  type Result,
} from '../../support/app/passkeys.js'
import { usesPostgres } from '../../support/database/database.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'
import { getLastMailTo } from '../../support/mail/mail.js'

const app = await startApp()
afterAll(app.close)

const remove = async ({ accessToken }: Person, passkeyId: string) =>
  outcomeOf(await run(app, 'deletePasskey', { passkeyId }, accessToken))

const removePassword = ({ id: userId }: Person) =>
  app.db.passwordCredential.deleteMany({ where: { userId } })

const addRecoveryCode = ({ id: userId }: Person) =>
  app.db.recoveryCode.create({
    data: { userId, codeHash: new Uint8Array(32), createdAt: app.clock.now() },
  })

const countRecoveryCodes = ({ id: userId }: Person) =>
  app.db.recoveryCode.count({ where: { userId } })

describe('deletePasskey', () => {
  it('deletes the passkey, records and announces it, and revokes the presence proofs', async () => {
    const person = await registerPerson(app)
    const { authenticator, passkey } = await addPasskey(app, person)
    await addPasskey(app, person)
    expect(await remove(person, passkey.id)).toBe('Deleted')
    expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('UNKNOWN_PASSKEY')
    const { id, sessionId } = person
    expect((await findAuditEvents(app, id)).at(-1)).toMatchObject({
      ...{ type: 'PASSKEY_REMOVED', success: true, actorId: id, sessionId },
    })
    const mail = await getLastMailTo(app, person.email)
    expect(mail.subject).toBe('A passkey for Latchkey has been removed')
    expect(mail.url).toBeNull()
    const result = await run(app, 'beginPasskeyRegistration', {}, person.accessToken)
    expect(result).toMatchObject({
      ...{ code: 'REAUTHENTICATION_REQUIRED', methods: ['PASSWORD', 'PASSKEY'] },
    })
  })

  it('is refused for an unknown id and the passkey of another user', async () => {
    const [person, other] = [await registerPerson(app), await registerPerson(app)]
    const { passkey } = await addPasskey(app, other)
    for (const id of ['no id', person.id, passkey.id]) {
      const { result, touched } = await trackChanges(app, () => remove(person, id))
      expect([result, touched]).toEqual(['NOT_FOUND', []])
    }
  })
})

describe('the last way to sign in', () => {
  it('cannot be deleted', async () => {
    const person = await registerPerson(app)
    const [first, second] = [await addPasskey(app, person), await addPasskey(app, person)]
    await removePassword(person)
    expect(await remove(person, first.passkey.id)).toBe('Deleted')
    await reauthenticateWithPasskey(app, person, second.authenticator)
    const { result, touched } = await trackChanges(app, () => remove(person, second.passkey.id))
    expect([result, touched]).toEqual(['LAST_SIGN_IN_METHOD', []])
    expect(outcomeOf(await signInWithPasskey(app, second.authenticator))).toBe('AuthPayload')
  })

  it('is the password, where there is one', async () => {
    const person = await registerPerson(app)
    const { passkey } = await addPasskey(app, person)
    expect(await remove(person, passkey.id)).toBe('Deleted')
  })

  it.runIf(usesPostgres)('survives concurrent requests that delete all passkeys', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await registerPerson(app)
      const { accessToken: token, id: userId } = person
      const ids = []
      for (let i = 0; i < 4; i += 1) ids.push((await addPasskey(app, person)).passkey.id)
      await removePassword(person)
      const presenceProof = presenceProofOf(token)
      const query = documentOf('deletePasskey')
      const answers = await sendOperationsConcurrently<Record<string, Result>>(
        app,
        ids.map((passkeyId) => ({
          query,
          variables: { input: { passkeyId, presenceProof } },
          token,
        })),
      )
      // The first deletion revokes the presence proof of the others.
      const outcomes = answers.map(({ data }) => outcomeOf(data?.['deletePasskey'] ?? {}))
      expect(outcomes.toSorted()).toEqual([
        'Deleted',
        ...Array<string>(3).fill('REAUTHENTICATION_REQUIRED'),
      ])
      expect(await app.db.passkey.count({ where: { userId } })).toBe(3)
    }
  })
})

describe('unused recovery codes', () => {
  it('are deleted with the last second factor', async () => {
    const person = await registerPerson(app)
    const [first, second] = [await addPasskey(app, person), await addPasskey(app, person)]
    await addRecoveryCode(person)
    await remove(person, first.passkey.id)
    expect(await countRecoveryCodes(person)).toBe(1)
    await reauthenticateWithPasskey(app, person, second.authenticator)
    await remove(person, second.passkey.id)
    expect(await countRecoveryCodes(person)).toBe(0)
  })

  it('stay while an authenticator app is enrolled', async () => {
    const person = await registerPerson(app)
    const { passkey } = await addPasskey(app, person)
    await addRecoveryCode(person)
    const { id: userId, sessionId } = person
    const now = app.clock.now()
    const times = { createdAt: now, expiresAt: now, confirmedAt: now }
    await app.db.totpCredential.create({ data: { userId, sessionId, sealedSecret: '', ...times } })
    await remove(person, passkey.id)
    expect(await countRecoveryCodes(person)).toBe(1)
  })
})
