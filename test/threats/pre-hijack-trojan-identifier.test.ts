// "Trojan identifier" (Sudhodanan and Paverd 2022, account pre-hijacking): the attacker registers the victim's address
// and adds something else by which the account is found again: a user name, another address, a second way to sign in.
// After the owner's reset nothing leads to the account but the owner's address, and every link that is out is dead.
import { afterAll, describe, expect, it } from 'vitest'
import { UpdateProfileDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, newEmail, registerPerson } from '../support/app/client.js'
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
  tryResetPassword,
  tryVerifyEmail,
} from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset, requestVerification } from '../support/mail/mailed-links.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'

const app: TestApp = await startApp()
afterAll(app.close)

let trojanCount = 0
/** Registered with the victim's address, with all that can be added to an account. */
async function registerTrojan() {
  const victim = newEmail()
  const attackerEmail = `attacker${(trojanCount += 1)}@evil.example`
  const attacker = await registerPerson(app, victim)
  const profile = { username: `trojan${trojanCount}`, name: attackerEmail, bio: attackerEmail }
  await call(app, UpdateProfileDocument, { input: profile }, { token: attacker.accessToken })
  await app.deliver()
  await requestEmailChangeAs(app, attacker, attackerEmail)
  return { attacker, victim, mailbox: attackerEmail, username: profile.username }
}

describe('after the owner’s reset', () => {
  it('neither the user name nor the other address opens or resets anything', async () => {
    const { attacker, victim, mailbox, username } = await registerTrojan()
    const link = await getMailedToken(app, mailbox)
    const owner = await recoverAccount(app, victim)
    for (const name of [username, mailbox, `${username}@evil.example`]) {
      expect(await loginErrorCode(app, name, attackerPassword)).toBe('INVALID_CREDENTIALS')
      expect(await loginErrorCode(app, name, ownerPassword)).toBe('INVALID_CREDENTIALS')
      const sent = (await listMailTo(app, name)).length
      await requestPasswordReset(app, name)
      await requestVerification(app, name)
      expect(await listMailTo(app, name)).toHaveLength(sent)
    }
    expect(await tryConfirmEmailChange(app, link)).toBe('INVALID_TOKEN')
    expect(await tryConfirmEmailChange(app, link, { token: owner.accessToken })).toBe(
      'INVALID_TOKEN',
    )
    await expectAttackerLockedOut(app, victim, [attacker])
    await expectOwnerAccess(app, owner)
  })

  it('every link from before is dead, whatever it was for', async () => {
    const { attacker, victim, mailbox } = await registerTrojan()
    const change = await getMailedToken(app, mailbox)
    const verification = await (async () => {
      await requestVerification(app, victim)
      return getMailedToken(app, victim)
    })()
    const owner = await recoverAccount(app, victim)
    const { accessToken: token } = owner
    for (const link of [change, verification]) {
      expect(await tryConfirmEmailChange(app, link, { token })).toBe('INVALID_TOKEN')
      expect(await tryResetPassword(app, link, attackerPassword)).toBe('INVALID_TOKEN')
      expect(await tryVerifyEmail(app, link, ownerPassword, { token })).toBe('INVALID_TOKEN')
      expect(await tryVerifyEmail(app, link, attackerPassword)).toBe('INVALID_TOKEN')
    }
    await expectAttackerLockedOut(app, victim, [attacker])
    await expectOwnerAccess(app, owner)
  })

  it('no message about the account goes to the attacker’s address any more', async () => {
    const { victim, mailbox } = await registerTrojan()
    await recoverAccount(app, victim) // the change was asked for, and its message waits
    const sent = await listMailTo(app, mailbox)
    await requestPasswordReset(app, victim)
    await requestVerification(app, victim)
    expect(await listMailTo(app, mailbox)).toEqual(sent)
    for (const { url } of sent) {
      const token = url === null ? '' : (new URL(url).searchParams.get('token') ?? '')
      expect(await tryConfirmEmailChange(app, token)).toBe('INVALID_TOKEN')
    }
  })
})
