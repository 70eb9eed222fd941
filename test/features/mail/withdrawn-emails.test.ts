// A waiting e-mail announces something for later. Events in between can make it wrong.
import { afterAll, expect, it } from 'vitest'
import { ChangePasswordDocument, DeleteAccountDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, registerPerson, signIn } from '../../support/app/client.js'
import { getLastMailTo, listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  anotherPassword,
  requestEmailChange,
  requestPasswordReset,
  resetPassword,
} from '../../support/mail/mailed-links.js'

const app = await startApp()
afterAll(app.close)

const kindsTo = async (email: string) => (await listMailTo(app, email)).map(({ kind }) => kind)

it('a waiting reset e-mail is not sent after a password change', async () => {
  const { email, password, accessToken: token } = await registerPerson(app)
  await requestPasswordReset(app, email)
  const input = { currentPassword: password, newPassword: anotherPassword }
  const { data } = await call(app, ChangePasswordDocument, { input }, { token })
  expect(data?.changePassword?.__typename).toBe('User')
  expect(await kindsTo(email)).toEqual(['VERIFY_EMAIL', 'PASSWORD_CHANGED'])
})

it('a second waiting reset e-mail is not sent after the first link was used', async () => {
  const { email } = await registerPerson(app)
  await requestPasswordReset(app, email)
  const token = await getMailedToken(app, email)
  await requestPasswordReset(app, email)
  expect((await resetPassword(app, token))?.__typename).toBe('User')
  const kinds = await kindsTo(email)
  expect(kinds.filter((kind) => kind === 'RESET_PASSWORD')).toHaveLength(1)
})

it('deleting an account deletes its sent e-mails; the deletion notice is the last e-mail', async () => {
  const { id, email, ...person } = await registerPerson(app)
  await app.deliver()
  expect(await app.db.outboxMessage.count({ where: { accountId: id } })).toBe(1)
  app.clock.advance('2h')
  const { accessToken: token } = await signIn(app, { email, ...person })
  await call(app, DeleteAccountDocument, { input: { confirmEmail: email } }, { token })
  await app.deliver()
  const remaining = await app.db.outboxMessage.findMany({ where: { recipient: email } })
  expect(remaining.map(({ kind, accountId }) => [kind, accountId])).toEqual([
    ['ACCOUNT_DELETED', null],
  ])
})

it('an attacker who deletes the account cannot suppress earlier notices to the owner', async () => {
  const { email, password, accessToken: token } = await registerPerson(app)
  const input = { currentPassword: password, newPassword: anotherPassword }
  await call(app, ChangePasswordDocument, { input }, { token })
  const thief = await signIn(app, { email, password: anotherPassword })
  const confirm = { input: { confirmEmail: email } }
  await call(app, DeleteAccountDocument, confirm, { token: thief.accessToken })
  expect(await kindsTo(email)).toEqual(['PASSWORD_CHANGED', 'ACCOUNT_DELETED'])
  expect(await app.db.outboxMessage.count({ where: { recipient: email, accountId: null } })).toBe(2)
})

it('an e-mail tells the remaining lifetime of its link, not the initial one', async () => {
  const { accessToken } = await registerPerson(app)
  await requestEmailChange(app, accessToken, 'late@example.com')
  app.clock.advance('20h')
  const { text } = await getLastMailTo(app, 'late@example.com')
  expect(text).toContain('after 4 hours')
})
