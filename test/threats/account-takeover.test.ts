// What an attacker can hold without ever having signed in: an access token that leaked from another service, the link of
// a change of address that leaked from a mailbox, and a program that opens every link in the owner's mailbox and presses
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
import { askedChange } from '../support/mail/email-changes.js'
import { confirmBy, rejectBy, resetBy, verifyBy, wordOf } from '../support/mail/link-words.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { askForReset, askForVerification } from '../support/mail/mailed-links.js'
import { openPage, sendForm, submit } from '../support/browser/pages.js'

const app = await startApp()
afterAll(app.close)

/** What somebody holds of an account; null for what they do not. */
interface Loot {
  /** Fresh, of the owner's session that asked for nothing. */
  readonly accessToken: string | null
  /** From the message to the new address that the owner asked for. */
  readonly link: string | null
  readonly mailboxes: readonly string[]
}

const attackersPassword = 'the attacker was here 1'

/** Everything that an access token lets its holder try. */
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
    const password = { input: { newPassword: attackersPassword, presenceProof } }
    await call(app, ChangePasswordDocument, password, options)
  }
  const guess = { input: { password: attackersPassword } }
  await call(app, ReauthenticateDocument, guess, options)
  await askForVerification(app, owner.email, options)
  await askForReset(app, owner.email, options)
  await askForReset(app, mailbox, options)
}

/** The link of one purpose tried for all, with and without the token. */
async function useLink(link: string, accessToken: string | null, owner: Person, mailbox: string) {
  for (const token of [null, accessToken]) {
    for (const password of [null, '', attackersPassword]) {
      expect(await confirmBy(app, link, { token, password })).toMatch(/INVALID/)
    }
    expect(await verifyBy(app, link, attackersPassword, { token })).toBe('INVALID_TOKEN')
  }
  expect(await resetBy(app, link, attackersPassword)).toBe('INVALID_TOKEN')
  for (const confirmEmail of [owner.email, mailbox]) {
    const rejection = { token: link, confirmEmail, password: attackersPassword }
    expect(await rejectBy(app, rejection)).toBe('INVALID_TOKEN')
  }
}

/** Opens every link in these mailboxes, presses its button with nothing typed, and posts its form bare. */
async function scan(mailboxes: readonly string[]) {
  for (const mailbox of mailboxes) {
    const mails = await mailTo(app, mailbox)
    for (const url of mails.flatMap((mail) => mail.url ?? [])) {
      const { pathname, search, searchParams } = new URL(url)
      const shown = await openPage(app, `${pathname}${search}`)
      const page = pages.find(({ path }) => path === pathname)
      if (!page) throw new Error(`no page at ${pathname}`)
      await submit(app, shown, Object.fromEntries(page.fields.map(({ name }) => [name, ''])))
      await sendForm(app, pathname, { token: searchParams.get('token') ?? '' })
    }
  }
}

async function attack({ accessToken, link, mailboxes }: Loot, owner: Person) {
  const mailbox = newEmail()
  // Twice: what the first round caused to be mailed is there for the second.
  for (let round = 0; round < 2; round += 1) {
    if (accessToken) await useToken(accessToken, owner, mailbox)
    if (link) await useLink(link, accessToken, owner, mailbox)
    await app.deliver()
    await scan(mailboxes)
  }
  return mailbox
}

async function expectOwnersAccount(owner: Person, mailbox: string) {
  const seen = await me(app, owner.accessToken)
  expect(seen.data?.me).toMatchObject({ id: owner.id, email: owner.email })
  const again = await signIn(app, owner)
  expect(again.id).toBe(owner.id)
  const { password } = owner
  for (const stolen of [
    { email: owner.email, password: attackersPassword },
    { email: mailbox, password },
    { email: mailbox, password: attackersPassword },
  ]) {
    await expect(signIn(app, stolen)).rejects.toThrow('INVALID_CREDENTIALS')
  }
  expect(await mailTo(app, mailbox)).toEqual([])
}

const held = [false, true]
const combinations = held.flatMap((token) =>
  held.flatMap((link) => held.map((scanner) => ({ token, link, scanner }))),
)

describe.each(combinations)('token: $token, link: $link, scanner: $scanner', (has) => {
  it('takes nothing over', async () => {
    const owner = await registerPerson(app)
    const asking = await signIn(app, owner)
    const { to, confirmToken } = await askedChange(app, asking)
    const loot = {
      accessToken: has.token ? owner.accessToken : null,
      link: has.link ? confirmToken : null,
      mailboxes: has.scanner ? [owner.email, to] : [],
    }
    const mailbox = await attack(loot, owner)
    await expectOwnersAccount(owner, mailbox)
  })
})

it('a fresh access token, a mailbox of their own and a reset do not add up to the account', async () => {
  const owner = await registerPerson(app)
  const mailbox = newEmail()
  const change = { input: { newEmail: mailbox, presenceProof: null } }
  const { data } = await call(app, RequestEmailChangeDocument, change, { token: owner.accessToken })
  expect(wordOf(data?.requestEmailChange)).toBe('REAUTHENTICATION_REQUIRED')
  expect(await mailTo(app, mailbox)).toEqual([])
  await askForReset(app, mailbox)
  expect(await mailTo(app, mailbox)).toEqual([])
  await askForReset(app, owner.email)
  expect(await resetBy(app, await tokenFor(app, owner.email), 'the owner reads it')).toBe('User')
})
