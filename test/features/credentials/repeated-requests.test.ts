// A double click, a proxy's retry and a client's retry after a lost answer send the same mutation twice within seconds.
// The second answer is that of the first, and a repeat that is recognized writes nothing.
import { afterAll, describe, expect, it } from 'vitest'
import { ResetPasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  refusalOf,
  registerPerson,
  signIn,
  type Person,
} from '../../support/app/client.js'
import {
  exampleOf,
  mutationNames,
  nextPassword,
  type Operation,
} from '../../support/app/every-mutation.js'
import { mutations } from '../../support/app/mutations.js'
import { guess, outcomeOf, ownerAt, startLimitedApp, forwarded } from '../../support/app/limits.js'
import { resetBy, verifyBy } from '../../support/mail/link-words.js'
import { linkFor, openPage, submit, successOf } from '../../support/browser/pages.js'
import { tokenFor } from '../../support/mail/mail.js'
import { askForReset } from '../../support/mail/mailed-links.js'
import { auditOf, watch, withoutCounts } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

const send = async ({ query, variables, token }: Operation) =>
  outcomeOf(await call(app, query, variables, { token }))

/** These change a password or use a link up: what they did once must not be done again. */
const once = ['changePassword', 'resetPassword', 'verifyEmail', 'confirmEmailChange']

describe('sent twice', () => {
  it.each(mutationNames)('%s answers the same', async (name) => {
    const person = await registerPerson(app)
    const operation = await exampleOf(name, app, person)
    const first = await send(operation)
    expect(first).not.toMatch(/^[A-Z_]+$/)
    app.clock.advance('3s')
    const { result, touched } = await watch(app, () => send(operation))
    expect(result).toBe(mutations[name]?.repeatAnswer ?? first)
    if (once.includes(name)) expect(withoutCounts(touched)).toEqual([])
  })

  it.each(once)('%s is a repeat for one minute', async (name) => {
    const operation = await exampleOf(name, app, await registerPerson(app))
    await send(operation)
    app.clock.advance('59s')
    expect(await send(operation)).toBe('User')
    app.clock.advance('1s')
    const refusal = name === 'changePassword' ? 'INVALID_CREDENTIALS' : 'INVALID_TOKEN'
    expect(await send(operation)).toBe(refusal)
  })
})

async function resetToken({ email }: Pick<Person, 'email'>, server = app) {
  await server.deliver()
  await askForReset(server, email)
  return tokenFor(server, email)
}

/** A reset that has just been done. */
async function justReset() {
  const person = await registerPerson(app)
  const token = await resetToken(person)
  expect(await resetBy(app, token, nextPassword)).toBe('User')
  return { person, token, again: (password: string) => resetBy(app, token, password) }
}

/** A refusal that left nothing behind but the count of a wrong password. */
async function refused(work: () => Promise<string>) {
  const { result, touched } = await watch(app, work)
  expect([result, withoutCounts(touched)]).toEqual(['INVALID_TOKEN', []])
}

describe('a repeated reset', () => {
  it('with another password is refused, and neither password becomes the new one', async () => {
    const { person, again } = await justReset()
    for (const password of ['a third horse altogether', goodPassword, '', 'x'.repeat(2_000)]) {
      await refused(() => again(password))
    }
    await signIn(app, { ...person, password: nextPassword })
  })

  it('leaves the sessions that were started since', async () => {
    const { person, again } = await justReset()
    const { accessToken } = await signIn(app, { ...person, password: nextPassword })
    expect(await again(nextPassword)).toBe('User')
    expect(await refusalOf(app, accessToken)).toBeUndefined()
  })

  it('is none once the password is another, a newer link is out or the account is disabled', async () => {
    const changed = await justReset()
    const owner = await signIn(app, { ...changed.person, password: nextPassword })
    const change = await exampleOf('changePassword', app, { ...owner, password: nextPassword })
    const input = { currentPassword: nextPassword, newPassword: 'the third of three' }
    expect(await send({ ...change, variables: { input } })).toBe('User')
    await refused(() => changed.again(nextPassword))

    const renewed = await justReset()
    await resetToken(renewed.person)
    await refused(() => renewed.again(nextPassword))

    const disabled = await justReset()
    await app.app.services.users.disable(disabled.person.id)
    await refused(() => disabled.again(nextPassword))
  })

  it('does not tell a used link from one that never was by anything but a right password', async () => {
    const { token } = await justReset()
    await refused(() => verifyBy(app, token, nextPassword))
    await refused(() => resetBy(app, token.toLowerCase(), nextPassword))
  })
})

describe('a repeated verification', () => {
  it('wants the same proof as the first', async () => {
    const person = await registerPerson(app)
    const stranger = await registerPerson(app)
    const token = await tokenFor(app, person.email)
    expect(await verifyBy(app, token, null, { token: person.accessToken })).toBe('User')
    expect(await verifyBy(app, token, null, { token: person.accessToken })).toBe('User')
    expect(await verifyBy(app, token, goodPassword)).toBe('User')
    await refused(() => verifyBy(app, token, null))
    await refused(() => verifyBy(app, token, 'not that one'))
    await refused(() => verifyBy(app, token, null, { token: stranger.accessToken }))
    expect(
      (await auditOf(app, person.id)).filter(({ type }) => type === 'EMAIL_VERIFIED'),
    ).toHaveLength(1)
  })
})

describe('a repeated change of the password', () => {
  it('is one in the session that made it only, and with the new password only', async () => {
    const person = await registerPerson(app)
    const operation = await exampleOf('changePassword', app, person)
    expect(await send(operation)).toBe('User')
    const other = await signIn(app, { ...person, password: nextPassword })
    expect(await send({ ...operation, token: other.accessToken })).toBe('INVALID_CREDENTIALS')
    const input = { currentPassword: goodPassword, newPassword: 'a third horse altogether' }
    expect(await send({ ...operation, variables: { input } })).toBe('INVALID_CREDENTIALS')
    expect(await send(operation)).toBe('User')
  })
})

it('the hosted form that is sent twice shows the same page', async () => {
  const { email } = await registerPerson(app)
  await resetToken({ email })
  const page = await openPage(app, await linkFor(app, email))
  const [first, second] = [
    await submit(app, page, { newPassword: nextPassword }),
    await submit(app, page, { newPassword: nextPassword }),
  ]
  expect([first.status, successOf(first.html)]).toEqual([second.status, successOf(second.html)])
  expect(second.status).toBe(200)
})

describe('guesses at a password by repeats', async () => {
  const limited = await startLimitedApp()
  afterAll(limited.close)

  it('are counted together with those at sign-in', async () => {
    const owner = await ownerAt(limited)
    const token = await resetToken(owner, limited)
    const options = { headers: forwarded(owner.from) }
    const attempt = async (newPassword: string) => {
      const input = { token, newPassword }
      return outcomeOf(await call(limited, ResetPasswordDocument, { input }, options))
    }
    expect(await attempt(nextPassword)).toBe('User')
    for (let i = 0; i < 5; i += 1) expect(await attempt(`guess ${i} of five`)).toBe('INVALID_TOKEN')
    expect(await attempt(nextPassword)).toBe('RATE_LIMITED 1')
    expect(await guess(limited, { ...owner, password: nextPassword })).toBe('RATE_LIMITED 1')
  })
})
