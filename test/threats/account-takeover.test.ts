// Credentials that an attacker can have without a sign-in. These are an access token leaked by another service, and an
// e-mail change link leaked from a mailbox. A mail scanner also opens every link in the owner's mailbox and presses
// every button. In each combination the account stays with its owner.
import { afterAll, describe, expect, it } from 'vitest'
import { pages } from '../../src/features/hosted-pages/pages.js'
import {
  ChangePasswordDocument,
  DeleteAccountDocument,
  ExportAccountDataDocument,
  ReauthenticateDocument,
  RequestEmailChangeDocument,
} from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, me, newEmail, registerPerson, signIn, type Person } from '../support/app/client.js'
import { createRequestedChange } from '../support/mail/email-changes.js'
import {
  tryConfirmEmailChange,
  tryRejectEmailChange,
  tryResetPassword,
  tryVerifyEmail,
  describeResult,
} from '../support/mail/mailed-link-outcomes.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { requestPasswordReset, requestVerification } from '../support/mail/mailed-links.js'
import { openPage, sendForm, submitForm } from '../support/browser/hosted-pages.js'

const app = await startApp()
afterAll(app.close)

/** The stolen items for an account; null for the items that the attacker lacks. */
interface StolenItems {
  /** A fresh token of the owner's session, which requested no change. */
  readonly accessToken: string | null
  /** From the message to the new address that the owner requested. */
  readonly link: string | null
  readonly mailboxes: readonly string[]
}

const attackerPassword = 'the attacker was here 1'

/** Tries every operation that an access token alone permits. */
async function useToken(token: string | null, owner: Person, mailbox: string) {
  const options = { token }
  const proofs = [null, '', 'A'.repeat(43), token, owner.refreshToken.slice(0, 43)]
  for (const presenceProof of proofs) {
    const change = { input: { newEmail: mailbox, presenceProof } }
    await call(app, RequestEmailChangeDocument, change, options)
    const deletion = { input: { confirmEmail: owner.email, presenceProof } }
    await call(app, DeleteAccountDocument, deletion, options)
    const exported = await call(
      app,
      ExportAccountDataDocument,
      { input: { presenceProof } },
      options,
    )
    expect(exported.data?.exportAccountData?.__typename).not.toBe('AccountData')
    const password = { input: { newPassword: attackerPassword, presenceProof } }
    await call(app, ChangePasswordDocument, password, options)
  }
  const guess = { input: { password: attackerPassword } }
  await call(app, ReauthenticateDocument, guess, options)
  await requestVerification(app, owner.email, options)
  await requestPasswordReset(app, owner.email, options)
  await requestPasswordReset(app, mailbox, options)
}

/** Tries a link for every purpose, with and without the token. */
async function useLink(link: string, accessToken: string | null, owner: Person, mailbox: string) {
  for (const token of [null, accessToken]) {
    for (const password of [null, '', attackerPassword]) {
      expect(await tryConfirmEmailChange(app, link, { token, password })).toMatch(/INVALID/)
    }
    expect(await tryVerifyEmail(app, link, attackerPassword, { token })).toBe('INVALID_TOKEN')
  }
  expect(await tryResetPassword(app, link, attackerPassword)).toBe('INVALID_TOKEN')
  for (const confirmEmail of [owner.email, mailbox]) {
    const rejection = { token: link, confirmEmail, password: attackerPassword }
    expect(await tryRejectEmailChange(app, rejection)).toBe('INVALID_TOKEN')
  }
}

/** Opens every link in these mailboxes, presses its button with empty fields, and posts its form bare. */
async function scan(mailboxes: readonly string[]) {
  for (const mailbox of mailboxes) {
    const mails = await listMailTo(app, mailbox)
    for (const url of mails.flatMap((mail) => mail.url ?? [])) {
      const { pathname, search, searchParams } = new URL(url)
      const shown = await openPage(app, `${pathname}${search}`)
      const page = pages.find(({ path }) => path === pathname)
      if (!page) throw new Error(`no page at ${pathname}`)
      await submitForm(app, shown, Object.fromEntries(page.fields.map(({ name }) => [name, ''])))
      await sendForm(app, pathname, { token: searchParams.get('token') ?? '' })
    }
  }
}

async function attack({ accessToken, link, mailboxes }: StolenItems, owner: Person) {
  const mailbox = newEmail()
  // Twice: the second round finds the mail that the first one caused.
  for (let round = 0; round < 2; round += 1) {
    if (accessToken) await useToken(accessToken, owner, mailbox)
    if (link) await useLink(link, accessToken, owner, mailbox)
    await app.deliver()
    await scan(mailboxes)
  }
  return mailbox
}

async function expectOwnersAccount(owner: Person, mailbox: string) {
  const meAnswer = await me(app, owner.accessToken)
  expect(meAnswer.data?.me).toMatchObject({ id: owner.id, email: owner.email })
  const again = await signIn(app, owner)
  expect(again.id).toBe(owner.id)
  const { password } = owner
  for (const stolen of [
    { email: owner.email, password: attackerPassword },
    { email: mailbox, password },
    { email: mailbox, password: attackerPassword },
  ]) {
    await expect(signIn(app, stolen)).rejects.toThrow('INVALID_CREDENTIALS')
  }
  expect(await listMailTo(app, mailbox)).toEqual([])
}

const booleans = [false, true]
const combinations = booleans.flatMap((token) =>
  booleans.flatMap((link) => booleans.map((scanner) => ({ token, link, scanner }))),
)

describe.each(combinations)('token: $token, link: $link, scanner: $scanner', (combination) => {
  it('takes over nothing', async () => {
    const owner = await registerPerson(app)
    const requestingSession = await signIn(app, owner)
    const { to, confirmToken } = await createRequestedChange(app, requestingSession)
    const stolenItems = {
      accessToken: combination.token ? owner.accessToken : null,
      link: combination.link ? confirmToken : null,
      mailboxes: combination.scanner ? [owner.email, to] : [],
    }
    const mailbox = await attack(stolenItems, owner)
    await expectOwnersAccount(owner, mailbox)
  })
})

it('a fresh access token, a mailbox of the attacker and a reset together do not give access to the account', async () => {
  const owner = await registerPerson(app)
  const mailbox = newEmail()
  const change = { input: { newEmail: mailbox, presenceProof: null } }
  const { data } = await call(app, RequestEmailChangeDocument, change, { token: owner.accessToken })
  expect(describeResult(data?.requestEmailChange)).toBe('REAUTHENTICATION_REQUIRED')
  expect(await listMailTo(app, mailbox)).toEqual([])
  await requestPasswordReset(app, mailbox)
  expect(await listMailTo(app, mailbox)).toEqual([])
  await requestPasswordReset(app, owner.email)
  expect(
    await tryResetPassword(app, await getMailedToken(app, owner.email), 'the owner reads it'),
  ).toBe('User')
})
