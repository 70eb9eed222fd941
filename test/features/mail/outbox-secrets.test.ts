import { createHash } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { RequestPasswordResetDocument, ResetPasswordDocument } from '@latchkey/client/operations'
import { startApp, testSecret, type TestApp } from '../../support/app/app.js'
import { call, getAuthError, registerPerson } from '../../support/app/client.js'
import { TestClock } from '../../support/app/clock.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'
import { createRefusal, startRelay } from '../../support/processes/smtp-relay.js'

const nextSecret = createHash('sha256').update('the next secret').digest('base64')

it('after the loss of the sealing secret, an e-mail is sent with a new link', async () => {
  const relay = await startRelay()
  onTestFinished(relay.close)
  const clock = new TestClock()
  const target = await createPersistentDatabase()
  const email = 'ada@example.com'
  relay.setRefusal(createRefusal(email, 'data', 451, 'later'))
  const start = (AUTH_SECRET: string) => {
    const env = { SMTP_URL: relay.url, MAIL_FROM: 'no-reply@example.org', AUTH_SECRET }
    return startApp({ env, target, clock })
  }
  const tryOnce = async (app: TestApp) => {
    clock.advance('1m')
    await app.deliver()
    const last = relay.to(email).at(-1)
    return { id: last?.id, token: last?.token ?? '' }
  }

  const before = await start(testSecret)
  await registerPerson(before, email)
  await before.db.outboxMessage.deleteMany()
  await call(before, RequestPasswordResetDocument, { input: { email } })
  const first = await tryOnce(before)
  await before.close()

  const during = await start(`${nextSecret},${testSecret}`)
  expect(await tryOnce(during)).toEqual(first)
  await during.close()

  await relay.reset()
  const after = await start(nextSecret)
  const sent = await tryOnce(after)
  expect(sent.id).toBe(first.id)
  expect(sent.token).not.toBe(first.token)
  const useToken = async (token: string) => {
    const input = { token, newPassword: 'another horse, another battery' }
    return (await call(after, ResetPasswordDocument, { input })).data?.resetPassword
  }
  expect(getAuthError(await useToken(first.token)).code).toBe('INVALID_TOKEN')
  expect(await useToken(sent.token)).toMatchObject({ __typename: 'User' })
  await after.close()
})
