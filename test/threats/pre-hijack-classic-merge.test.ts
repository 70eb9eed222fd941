// "Classic-federated merge" and similar attacks on verification (Sudhodanan and Paverd 2022, account pre-hijacking;
// Microsoft MSRC 2022). The attacker registers the victim's address with a password of their own and waits for the
// victim to click the link. The address is then "verified", and two people have the account. Here the link alone proves
// nothing. It requires the password or a session of the person who registered. The owner's way in is a reset, which
// leaves only the owner.
import { afterAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, newEmail, registerPerson, type Person } from '../support/app/client.js'
import {
  expectAttackerLockedOut,
  expectOwnerAccess,
  loginErrorCode,
  ownerPassword,
  recoverAccount,
  attackerPassword,
} from '../support/mail/account-recovery.js'
import {
  tryConfirmEmailChange,
  requestEmailChangeAs,
  tryVerifyEmail,
} from '../support/mail/mailed-link-outcomes.js'
import { requestVerification } from '../support/mail/mailed-links.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'

describe.each(['optional', 'required'])('with EMAIL_VERIFICATION=%s', async (mode) => {
  const app = await startApp({ env: { EMAIL_VERIFICATION: mode } })
  afterAll(app.close)
  const required = mode === 'required'

  const register = async (email: string, password: string) =>
    (await call(app, RegisterDocument, { input: { email, password } })).data?.register

  /** The attacker's account with the victim's address, and its sessions. */
  async function prepare() {
    const victim = newEmail()
    const attackerSessions: Person[] = []
    if (required) await register(victim, attackerPassword)
    else attackerSessions.push(await registerPerson(app, victim))
    return { victim, footholds: attackerSessions }
  }

  const isVerified = async (email: string) =>
    (await app.db.user.findUniqueOrThrow({ where: { email } })).emailVerifiedAt !== null

  it('the owner’s click verifies nothing, with or without the password that the owner chose', async () => {
    const { victim } = await prepare()
    const link = await getMailedToken(app, victim)
    expect((await fetch(`${app.url}/verify-email?token=${link}`)).status).toBe(200)
    expect(await tryVerifyEmail(app, link, null)).toBe('INVALID_CREDENTIALS')
    await register(victim, ownerPassword)
    const newest = await getMailedToken(app, victim)
    for (const token of new Set([link, newest])) {
      expect(await tryVerifyEmail(app, token, ownerPassword)).not.toBe('User')
      const form = new URLSearchParams({ token, password: ownerPassword })
      const answer = await fetch(`${app.url}/verify-email`, { method: 'POST', body: form })
      expect(answer.status).toBe(400)
    }
    expect(await isVerified(victim)).toBe(false)
  })

  it('nor does it in a session of another account', async () => {
    const { victim } = await prepare()
    const link = await getMailedToken(app, victim)
    const email = newEmail()
    await register(email, ownerPassword)
    const other = await recoverAccount(app, email)
    expect(await tryVerifyEmail(app, link, null, { token: other.accessToken })).toBe(
      'INVALID_CREDENTIALS',
    )
    expect(await tryVerifyEmail(app, link, ownerPassword, { token: other.accessToken })).toBe(
      'INVALID_CREDENTIALS',
    )
    expect(await isVerified(victim)).toBe(false)
  })

  it('the attacker gets no link, and the owner’s reset revokes all their access', async () => {
    const { victim, footholds } = await prepare()
    await requestVerification(app, victim)
    const link = await getMailedToken(app, victim)
    expect((await listMailTo(app, victim)).every(({ to }) => to === victim)).toBe(true)
    const owner = await recoverAccount(app, victim)
    await expectAttackerLockedOut(app, victim, footholds)
    for (const password of [attackerPassword, ownerPassword, null]) {
      expect(await tryVerifyEmail(app, link, password)).toBe('INVALID_TOKEN')
    }
    await expectOwnerAccess(app, owner)
  })

  it('after the owner’s reset the attacker cannot register the address again', async () => {
    const { victim } = await prepare()
    const owner = await recoverAccount(app, victim)
    const again = await register(victim, attackerPassword)
    expect(again).toMatchObject(
      required
        ? { __typename: 'EmailVerificationRequired' }
        : { __typename: 'AuthError', code: 'EMAIL_TAKEN' },
    )
    expect(await loginErrorCode(app, victim, attackerPassword)).toBe('INVALID_CREDENTIALS')
    await expectOwnerAccess(app, owner)
  })

  it('an account moved to the victim’s address belongs to the victim after a reset', async () => {
    const email = newEmail()
    await register(email, attackerPassword)
    const attacker = await recoverAccount(app, email) // with the attacker's own address, and password
    const victim = newEmail()
    await requestEmailChangeAs(app, attacker, victim)
    const link = await getMailedToken(app, victim)
    expect((await fetch(`${app.url}/confirm-email-change?token=${link}`)).status).toBe(200)
    expect(await isVerified(email)).toBe(true) // opening the page does nothing
    expect(await tryConfirmEmailChange(app, link, { password: null })).toBe('INVALID_CREDENTIALS')
    expect(await tryConfirmEmailChange(app, link, { password: ownerPassword })).toBe('User')
    const again = 'the owner of the address it is'
    const owner = await recoverAccount(app, victim, again)
    expect(owner.id).toBe(attacker.id)
    expect(await loginErrorCode(app, victim, ownerPassword)).toBe('INVALID_CREDENTIALS')
    await expectAttackerLockedOut(app, victim, [attacker])
    await expectOwnerAccess(app, owner)
  })
})
