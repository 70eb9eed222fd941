// Who reads the old mailbox after a change of address, a former employer or the intruder whom the user escapes, must
// gain nothing: not the account, not the address for an account of their own, not the knowledge who moved where.
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
import { askedChange, madeChange } from '../support/mail/email-changes.js'
import { confirmBy, rejectBy, verifyBy } from '../support/mail/link-words.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { askForChange, askForReset, askForVerification } from '../support/mail/mailed-links.js'
import { watch } from '../support/database/watch.js'

describe.each(['optional', 'required'])('with EMAIL_VERIFICATION=%s', async (mode) => {
  const app = await startApp({ env: { EMAIL_VERIFICATION: mode } })
  afterAll(app.close)
  const required = mode === 'required'

  /** Somebody who proved their address, in a session. */
  async function member() {
    const email = newEmail()
    const input = { email, password: goodPassword }
    await call(app, RegisterDocument, { input })
    expect(await verifyBy(app, await tokenFor(app, email), goodPassword)).toBe('User')
    return signIn(app, input)
  }

  const register = (email: string) =>
    call(app, RegisterDocument, { input: { email, password: goodPassword } })

  it('the mailbox alone undoes nothing, and learns no new address', async () => {
    const { person, to } = await madeChange(app, await member())
    await askForReset(app, person.email)
    await askForVerification(app, person.email)
    const mails = await mailTo(app, person.email)
    expect(mails.map(({ kind }) => kind).slice(1)).toEqual([
      'EMAIL_CHANGE_REQUESTED',
      'EMAIL_CHANGED',
    ])
    expect(JSON.stringify(mails)).not.toContain(to)
    for (const { url } of mails) {
      const token = new URL(url ?? '').searchParams.get('token') ?? ''
      for (const password of [null, '', 'a guess', person.email]) {
        const input = { token, confirmEmail: person.email, password }
        expect(await rejectBy(app, input)).toMatch(/^INVALID_(CREDENTIALS|TOKEN)$/)
      }
    }
    expect(await app.db.user.findUnique({ where: { id: person.id } })).toMatchObject({ email: to })
  })

  it('for seven days the address is as taken as one that somebody has', async () => {
    const { person } = await madeChange(app, await member())
    const taken = await member()
    await app.deliver()
    const look = async (address: string) => {
      const { result, touched } = await watch(app, () => register(address))
      return { text: result.text.replaceAll(address, '<address>'), status: result.status, touched }
    }
    expect(await look(person.email)).toEqual(await look(taken.email))
    expect(await app.db.user.count({ where: { email: person.email } })).toBe(0)
    const told = (await mailTo(app, person.email)).at(-1)
    expect(told?.kind).toBe(required ? 'ADDRESS_TAKEN' : 'EMAIL_CHANGED')

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

  it('nobody else moves there: the answer is the usual one, and no link is sent', async () => {
    const { person } = await madeChange(app, await member())
    const mover = await member()
    const free = newEmail()
    const look = async (to: string) => {
      const { result, touched } = await watch(app, () => askForChange(app, mover.accessToken, to))
      return { text: result.text.replaceAll(to, '<address>'), touched }
    }
    expect(await look(person.email)).toEqual(await look(free))
    await look(person.email)
    const told = (await mailTo(app, person.email)).at(-1)
    expect(told).toMatchObject({ subject: 'You already have an account at Latchkey', url: null })
  })

  it('a link that was sent before the address was reserved does not confirm it', async () => {
    // The mover asked while nobody had the address; by then somebody came and went.
    const address = newEmail()
    const mover = await askedChange(app, await member(), address)
    const passer = await member()
    await madeChange(app, passer, address)
    const session = { token: passer.accessToken, password: null }
    await reauthenticate(app, passer) // the change before ended the proof
    await askForChange(app, passer.accessToken, newEmail())
    const pending = await app.db.emailChange.findFirstOrThrow({
      where: { userId: passer.id, confirmedAt: null },
    })
    const onward = await tokenFor(app, pending.newEmail)
    expect(await confirmBy(app, onward, session)).toBe('User')
    const { result, touched } = await watch(app, () => confirmBy(app, mover.confirmToken))
    expect([result, touched]).toEqual(['INVALID_TOKEN', []])
  })
})

it('an address that was never verified is not kept from its owner, and is not taken back from them', async () => {
  const app = await startApp({ env: { EMAIL_VERIFICATION: 'optional' } })
  try {
    const address = newEmail()
    const squatter = await registerPerson(app, address)
    const { undoToken } = await madeChange(app, squatter)
    const owner = await registerPerson(app, address)
    const input = { token: undoToken, confirmEmail: address, password: goodPassword }
    expect(await rejectBy(app, input)).toBe('TOKEN_EXPIRED')
    const { email } = await app.db.user.findUniqueOrThrow({ where: { id: owner.id } })
    expect(email).toBe(address)
  } finally {
    await app.close()
  }
})
