// "Trojan identifier" (Sudhodanan and Paverd 2022, account pre-hijacking): the attacker registers the victim's address
// and adds something else by which the account is found again: a user name, another address, a second way to sign in.
// After the owner's reset nothing leads to the account but the owner's address, and every link that is out is dead.
import { afterAll, describe, expect, it } from 'vitest'
import { UpdateProfileDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, newEmail, registerPerson } from '../support/app/client.js'
import {
  expectNoWayIn,
  expectOwned,
  loginCode,
  ownersPassword,
  recover,
  strangersPassword,
} from '../support/mail/hijacking.js'
import { confirmBy, requestChange, resetBy, verifyBy } from '../support/mail/link-words.js'
import { askForReset, askForVerification } from '../support/mail/mailed-links.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'

const app: TestApp = await startApp()
afterAll(app.close)

let trojans = 0
/** Registered with the victim's address, with all that can be added to an account. */
async function plant() {
  const victim = newEmail()
  const mailbox = `attacker${(trojans += 1)}@evil.example`
  const attacker = await registerPerson(app, victim)
  const profile = { username: `trojan${trojans}`, name: mailbox, bio: mailbox }
  await call(app, UpdateProfileDocument, { input: profile }, { token: attacker.accessToken })
  await app.deliver()
  await requestChange(app, attacker, mailbox)
  return { attacker, victim, mailbox, username: profile.username }
}

describe('after the owner’s reset', () => {
  it('neither the user name nor the other address opens or resets anything', async () => {
    const { attacker, victim, mailbox, username } = await plant()
    const link = await tokenFor(app, mailbox)
    const owner = await recover(app, victim)
    for (const name of [username, mailbox, `${username}@evil.example`]) {
      expect(await loginCode(app, name, strangersPassword)).toBe('INVALID_CREDENTIALS')
      expect(await loginCode(app, name, ownersPassword)).toBe('INVALID_CREDENTIALS')
      const sent = (await mailTo(app, name)).length
      await askForReset(app, name)
      await askForVerification(app, name)
      expect(await mailTo(app, name)).toHaveLength(sent)
    }
    expect(await confirmBy(app, link)).toBe('INVALID_TOKEN')
    expect(await confirmBy(app, link, { token: owner.accessToken })).toBe('INVALID_TOKEN')
    await expectNoWayIn(app, victim, [attacker])
    await expectOwned(app, owner)
  })

  it('every link from before is dead, whatever it was for', async () => {
    const { attacker, victim, mailbox } = await plant()
    const change = await tokenFor(app, mailbox)
    const verification = await (async () => {
      await askForVerification(app, victim)
      return tokenFor(app, victim)
    })()
    const owner = await recover(app, victim)
    const { accessToken: token } = owner
    for (const link of [change, verification]) {
      expect(await confirmBy(app, link, { token })).toBe('INVALID_TOKEN')
      expect(await resetBy(app, link, strangersPassword)).toBe('INVALID_TOKEN')
      expect(await verifyBy(app, link, ownersPassword, { token })).toBe('INVALID_TOKEN')
      expect(await verifyBy(app, link, strangersPassword)).toBe('INVALID_TOKEN')
    }
    await expectNoWayIn(app, victim, [attacker])
    await expectOwned(app, owner)
  })

  it('no message about the account goes to the attacker’s address any more', async () => {
    const { victim, mailbox } = await plant()
    await recover(app, victim) // the change was asked for, and its message waits
    const sent = await mailTo(app, mailbox)
    await askForReset(app, victim)
    await askForVerification(app, victim)
    expect(await mailTo(app, mailbox)).toEqual(sent)
    for (const { url } of sent) {
      const token = url === null ? '' : (new URL(url).searchParams.get('token') ?? '')
      expect(await confirmBy(app, token)).toBe('INVALID_TOKEN')
    }
  })
})
