// "Unexpired email change" (Sudhodanan and Paverd 2022, account pre-hijacking): the attacker registers the victim's
// address, asks for a change to a mailbox of their own, and holds the link back until the owner has recovered the
// account and put something into it. One click then moves it. Here a reset, and a change of password elsewhere, end what
// the attacker's session asked for, and no link is enough by itself; the request on its way at that moment is in
// pre-hijack-in-flight.test.ts.
import { afterAll, expect, it } from 'vitest'
import { ChangePasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson, signIn } from '../support/app/client.js'
import {
  expectAttackerLockedOut,
  expectOwnerAccess,
  ownerPassword,
  recoverAccount,
} from '../support/mail/account-recovery.js'
import {
  tryConfirmEmailChange,
  requestEmailChangeAs,
  tryResetPassword,
  describeResult,
} from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

let mailboxCount = 0
const newAttackerEmail = () => `held${(mailboxCount += 1)}@evil.example`

/** Registered, and a change asked for. */
async function prepare() {
  const attacker = await registerPerson(app)
  await app.deliver()
  const attackerEmail = newAttackerEmail()
  expect(
    (await requestEmailChangeAs(app, attacker, attackerEmail)).data?.requestEmailChange,
  ).toMatchObject({
    pendingEmail: attackerEmail,
  })
  return { attacker, victim: attacker.email, mailbox: attackerEmail }
}

it('a link held back is dead once the owner has reset the password', async () => {
  const { attacker, victim, mailbox } = await prepare()
  const link = await getMailedToken(app, mailbox)
  app.clock.advance('5m')
  const owner = await recoverAccount(app, victim)
  for (const options of [{}, { token: attacker.accessToken }, { token: owner.accessToken }]) {
    const { result, touched } = await trackChanges(app, () =>
      tryConfirmEmailChange(app, link, options),
    )
    expect(result).toBe('INVALID_TOKEN')
    expect(touched.filter((table) => table !== 'sessions')).toEqual([])
  }
  await expectAttackerLockedOut(app, victim, [attacker])
  await expectOwnerAccess(app, owner)
})

it('the owner is told of it the moment it is asked for', async () => {
  const { victim, mailbox } = await prepare()
  const notice = (await listMailTo(app, victim)).at(-1)
  expect(notice?.kind).toBe('EMAIL_CHANGE_REQUESTED')
  expect(notice?.text).not.toContain(mailbox)
})

it('a link that was not sent before the reset is not sent after it', async () => {
  const attacker = await registerPerson(app)
  await requestPasswordReset(app, attacker.email)
  const token = await getMailedToken(app, attacker.email)
  const attackerEmail = newAttackerEmail()
  await requestEmailChangeAs(app, attacker, attackerEmail) // its message waits
  expect(await tryResetPassword(app, token, ownerPassword)).toBe('User')
  expect(await listMailTo(app, attackerEmail)).toEqual([])
  const { confirmTokenHash } = await app.db.emailChange.findFirstOrThrow({
    where: { userId: attacker.id },
  })
  expect(confirmTokenHash).toBeNull()
})

it('a change of password in another session kills it as well', async () => {
  const { attacker, mailbox } = await prepare()
  const link = await getMailedToken(app, mailbox)
  const input = { currentPassword: attacker.password, newPassword: ownerPassword }
  const { accessToken: token } = await signIn(app, attacker)
  const { data } = await call(app, ChangePasswordDocument, { input }, { token })
  expect(describeResult(data?.changePassword)).toBe('User')
  for (const password of [attacker.password, ownerPassword, null]) {
    for (const options of [{}, { token: attacker.accessToken }, { token }]) {
      expect(await tryConfirmEmailChange(app, link, { password, ...options })).toBe('INVALID_TOKEN')
    }
  }
})

it('after a change of password in the session that asked, the old password confirms nothing', async () => {
  const { attacker, mailbox } = await prepare()
  const link = await getMailedToken(app, mailbox)
  const input = { currentPassword: attacker.password, newPassword: ownerPassword }
  const { accessToken: token } = attacker
  await call(app, ChangePasswordDocument, { input }, { token })
  expect(await tryConfirmEmailChange(app, link)).toBe('INVALID_CREDENTIALS')
  expect(await tryConfirmEmailChange(app, link, { password: null })).toBe('INVALID_CREDENTIALS')
})

it('an attacker who confirms first is locked out of the address, and its owner registers it after a week', async () => {
  const { attacker, victim, mailbox } = await prepare()
  expect(await tryConfirmEmailChange(app, await getMailedToken(app, mailbox))).toBe('User')
  app.clock.advance('7d')
  const owner = await registerPerson(app, victim)
  expect(owner.id).not.toBe(attacker.id)
  await requestPasswordReset(app, victim)
  expect(await tryResetPassword(app, await getMailedToken(app, victim), ownerPassword)).toBe('User')
  const rows = await app.db.user.findMany({ where: { id: { in: [owner.id, attacker.id] } } })
  const emails = rows.map(({ id, email }) => [id, email])
  expect(Object.fromEntries(emails)).toEqual({ [owner.id]: victim, [attacker.id]: mailbox })
})
