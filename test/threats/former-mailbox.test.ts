// After an e-mail change, the reader of the old mailbox (a former employer, or an intruder) must gain nothing. That
// reader gets neither the account, nor the address for another account, nor knowledge of who moved where.
import { afterAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { commands } from '../../src/compose/cli/commands.js'
import { startApp } from '../support/app/app.js'
import {
  call,
  goodPassword,
  newEmail,
  reauthenticate,
  registerPerson,
  signIn,
} from '../support/app/client.js'
import { createRequestedChange, createConfirmedChange } from '../support/mail/email-changes.js'
import {
  tryConfirmEmailChange,
  tryRejectEmailChange,
  tryVerifyEmail,
} from '../support/mail/mailed-link-outcomes.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import {
  requestEmailChange,
  requestPasswordReset,
  requestVerification,
} from '../support/mail/mailed-links.js'
import { trackChanges } from '../support/database/track-changes.js'

describe.each(['optional', 'required'])('with EMAIL_VERIFICATION=%s', async (mode) => {
  const app = await startApp({ env: { EMAIL_VERIFICATION: mode } })
  afterAll(app.close)
  const required = mode === 'required'

  /** A person with a verified address, in a session. */
  async function registerVerified() {
    const email = newEmail()
    const input = { email, password: goodPassword }
    await call(app, RegisterDocument, { input })
    expect(await tryVerifyEmail(app, await getMailedToken(app, email), goodPassword)).toBe('User')
    return signIn(app, input)
  }

  const register = (email: string) =>
    call(app, RegisterDocument, { input: { email, password: goodPassword } })

  it('the mailbox alone undoes nothing, and learns no new address', async () => {
    const { person, to } = await createConfirmedChange(app, await registerVerified())
    await requestPasswordReset(app, person.email)
    await requestVerification(app, person.email)
    const mails = await listMailTo(app, person.email)
    expect(mails.map(({ kind }) => kind).slice(1)).toEqual([
      'EMAIL_CHANGE_REQUESTED',
      'EMAIL_CHANGED',
    ])
    expect(JSON.stringify(mails)).not.toContain(to)
    for (const { url } of mails) {
      const token = new URL(url ?? '').searchParams.get('token') ?? ''
      for (const password of [null, '', 'a guess', person.email]) {
        const input = { token, confirmEmail: person.email, password }
        expect(await tryRejectEmailChange(app, input)).toMatch(/^INVALID_(CREDENTIALS|TOKEN)$/)
      }
    }
    expect(await app.db.user.findUnique({ where: { id: person.id } })).toMatchObject({ email: to })
  })

  it('for seven days the old address counts as taken', async () => {
    const { person } = await createConfirmedChange(app, await registerVerified())
    const taken = await registerVerified()
    await app.deliver()
    const observe = async (contestedEmail: string) => {
      const { result, touched } = await trackChanges(app, () => register(contestedEmail))
      return {
        text: result.text.replaceAll(contestedEmail, '<address>'),
        status: result.status,
        touched,
      }
    }
    expect(await observe(person.email)).toEqual(await observe(taken.email))
    expect(await app.db.user.count({ where: { email: person.email } })).toBe(0)
    const lastMail = (await listMailTo(app, person.email)).at(-1)
    expect(lastMail?.kind).toBe(required ? 'ADDRESS_TAKEN' : 'EMAIL_CHANGED')

    const account = { password: goodPassword, username: null, name: null, emailVerified: true }
    const byOperator = await commands['users create'].run(app.app.services, {
      email: person.email,
      ...account,
    })
    expect(byOperator).toMatchObject({ ok: false, data: { error: 'email-taken' } })

    app.clock.advance('7d')
    const { data } = await register(person.email)
    expect(data?.register?.__typename).toBe(required ? 'EmailVerificationRequired' : 'AuthPayload')
    expect(await app.db.user.count({ where: { email: person.email } })).toBe(1)
  })

  it('another user cannot change to it: the answer is the usual one, and no link is sent', async () => {
    const { person } = await createConfirmedChange(app, await registerVerified())
    const requester = await registerVerified()
    const freeEmail = newEmail()
    const observe = async (to: string) => {
      const { result, touched } = await trackChanges(app, () =>
        requestEmailChange(app, requester.accessToken, to),
      )
      return { text: result.text.replaceAll(to, '<address>'), touched }
    }
    expect(await observe(person.email)).toEqual(await observe(freeEmail))
    await observe(person.email)
    const lastMail = (await listMailTo(app, person.email)).at(-1)
    expect(lastMail).toMatchObject({
      subject: 'You already have an account at Latchkey',
      url: null,
    })
  })

  it('a link that was sent before the address was reserved does not confirm it', async () => {
    // The requester asked while the address was free. Since then another user has taken and left it.
    const contestedEmail = newEmail()
    const requester = await createRequestedChange(app, await registerVerified(), contestedEmail)
    const temporaryOwner = await registerVerified()
    await createConfirmedChange(app, temporaryOwner, contestedEmail)
    const session = { token: temporaryOwner.accessToken, password: null }
    await reauthenticate(app, temporaryOwner) // the previous change invalidated the proof
    await requestEmailChange(app, temporaryOwner.accessToken, newEmail())
    const pending = await app.db.emailChange.findFirstOrThrow({
      where: { userId: temporaryOwner.id, confirmedAt: null },
    })
    const onwardToken = await getMailedToken(app, pending.newEmail)
    expect(await tryConfirmEmailChange(app, onwardToken, session)).toBe('User')
    const { result, touched } = await trackChanges(app, () =>
      tryConfirmEmailChange(app, requester.confirmToken),
    )
    expect([result, touched]).toEqual(['INVALID_TOKEN', []])
  })
})

it('an address that was never verified is neither reserved nor taken back from its owner', async () => {
  const app = await startApp({ env: { EMAIL_VERIFICATION: 'optional' } })
  try {
    const contestedEmail = newEmail()
    const squatter = await registerPerson(app, contestedEmail)
    const { undoToken } = await createConfirmedChange(app, squatter)
    const owner = await registerPerson(app, contestedEmail)
    const input = { token: undoToken, confirmEmail: contestedEmail, password: goodPassword }
    expect(await tryRejectEmailChange(app, input)).toBe('TOKEN_EXPIRED')
    const { email } = await app.db.user.findUniqueOrThrow({ where: { id: owner.id } })
    expect(email).toBe(contestedEmail)
  } finally {
    await app.close()
  }
})
