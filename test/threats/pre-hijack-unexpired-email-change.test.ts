// "Unexpired email change" (Sudhodanan and Paverd 2022, account pre-hijacking): the attacker registers the victim's
// address, asks for a change to a mailbox of their own, and holds the link back until the owner has recovered the
// account and put something into it. One click then moves it. Here a reset, and a change of password elsewhere, end what
// the attacker's session asked for, and no link is enough by itself; the request on its way at that moment is in
// pre-hijack-in-flight.test.ts.
import { afterAll, expect, it } from 'vitest'
import { ChangePasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson, signIn } from '../support/app/client.js'
import { expectNoWayIn, expectOwned, ownersPassword, recover } from '../support/mail/hijacking.js'
import { confirmBy, requestChange, resetBy, wordOf } from '../support/mail/link-words.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { watch } from '../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

let mailboxes = 0
const ownMailbox = () => `held${(mailboxes += 1)}@evil.example`

/** Registered, and a change asked for. */
async function prepare() {
  const attacker = await registerPerson(app)
  await app.deliver()
  const mailbox = ownMailbox()
  expect((await requestChange(app, attacker, mailbox)).data?.requestEmailChange).toMatchObject({
    pendingEmail: mailbox,
  })
  return { attacker, victim: attacker.email, mailbox }
}

it('a link held back is dead once the owner has reset the password', async () => {
  const { attacker, victim, mailbox } = await prepare()
  const link = await tokenFor(app, mailbox)
  app.clock.advance('5m')
  const owner = await recover(app, victim)
  for (const options of [{}, { token: attacker.accessToken }, { token: owner.accessToken }]) {
    const { result, touched } = await watch(app, () => confirmBy(app, link, options))
    expect(result).toBe('INVALID_TOKEN')
    expect(touched.filter((table) => table !== 'sessions')).toEqual([])
  }
  await expectNoWayIn(app, victim, [attacker])
  await expectOwned(app, owner)
})

it('the owner is told of it the moment it is asked for', async () => {
  const { victim, mailbox } = await prepare()
  const notice = (await mailTo(app, victim)).at(-1)
  expect(notice?.kind).toBe('EMAIL_CHANGE_REQUESTED')
  expect(notice?.text).not.toContain(mailbox)
})

it('a link that was not sent before the reset is not sent after it', async () => {
  const attacker = await registerPerson(app)
  await askForReset(app, attacker.email)
  const token = await tokenFor(app, attacker.email)
  const mailbox = ownMailbox()
  await requestChange(app, attacker, mailbox) // its message waits
  expect(await resetBy(app, token, ownersPassword)).toBe('User')
  expect(await mailTo(app, mailbox)).toEqual([])
  const { confirmTokenHash } = await app.db.emailChange.findFirstOrThrow({
    where: { userId: attacker.id },
  })
  expect(confirmTokenHash).toBeNull()
})

it('a change of password in another session kills it as well', async () => {
  const { attacker, mailbox } = await prepare()
  const link = await tokenFor(app, mailbox)
  const input = { currentPassword: attacker.password, newPassword: ownersPassword }
  const { accessToken: token } = await signIn(app, attacker)
  const { data } = await call(app, ChangePasswordDocument, { input }, { token })
  expect(wordOf(data?.changePassword)).toBe('User')
  for (const password of [attacker.password, ownersPassword, null]) {
    for (const options of [{}, { token: attacker.accessToken }, { token }]) {
      expect(await confirmBy(app, link, { password, ...options })).toBe('INVALID_TOKEN')
    }
  }
})

it('after a change of password in the session that asked, the old password confirms nothing', async () => {
  const { attacker, mailbox } = await prepare()
  const link = await tokenFor(app, mailbox)
  const input = { currentPassword: attacker.password, newPassword: ownersPassword }
  const { accessToken: token } = attacker
  await call(app, ChangePasswordDocument, { input }, { token })
  expect(await confirmBy(app, link)).toBe('INVALID_CREDENTIALS')
  expect(await confirmBy(app, link, { password: null })).toBe('INVALID_CREDENTIALS')
})

it('an attacker who confirms first is locked out of the address, and its owner registers it after a week', async () => {
  const { attacker, victim, mailbox } = await prepare()
  expect(await confirmBy(app, await tokenFor(app, mailbox))).toBe('User')
  app.clock.advance('7d')
  const owner = await registerPerson(app, victim)
  expect(owner.id).not.toBe(attacker.id)
  await askForReset(app, victim)
  expect(await resetBy(app, await tokenFor(app, victim), ownersPassword)).toBe('User')
  const rows = await app.db.user.findMany({ where: { id: { in: [owner.id, attacker.id] } } })
  const emails = rows.map(({ id, email }) => [id, email])
  expect(Object.fromEntries(emails)).toEqual({ [owner.id]: victim, [attacker.id]: mailbox })
})
