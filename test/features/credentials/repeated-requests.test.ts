// A double click, a proxy's retry and a client's retry after a lost response send the same mutation twice within
// seconds. The second answer equals the first, and a recognized repetition writes nothing.
import { afterAll, describe, expect, it } from 'vitest'
import { ResetPasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  getRefusalReason,
  registerPerson,
  signIn,
  type Person,
} from '../../support/app/client.js'
import {
  createExampleOperation,
  mutationNames,
  nextPassword,
  type Operation,
} from '../../support/app/every-mutation.js'
import { mutations } from '../../support/app/mutation-examples.js'
import {
  guessPassword,
  outcomeOf,
  registerFromIp,
  startRateLimitedApp,
  forwardedFor,
} from '../../support/app/rate-limits.js'
import { tryResetPassword, tryVerifyEmail } from '../../support/mail/mailed-link-outcomes.js'
import {
  getMailedLink,
  openPage,
  submitForm,
  successTextOf,
} from '../../support/browser/hosted-pages.js'
import { getMailedToken } from '../../support/mail/mail.js'
import { requestPasswordReset } from '../../support/mail/mailed-links.js'
import {
  findAuditEvents,
  trackChanges,
  withoutFailureCounts,
} from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const send = async ({ query, variables, token }: Operation) =>
  outcomeOf(await call(app, query, variables, { token }))

/** These operations change a password or consume a link, and must not run twice. */
const oneTimeMutations = ['changePassword', 'resetPassword', 'verifyEmail', 'confirmEmailChange']

describe('a request sent twice', () => {
  it.each(mutationNames)('%s answers the same', async (name) => {
    const person = await registerPerson(app)
    const operation = await createExampleOperation(name, app, person)
    const first = await send(operation)
    expect(first).not.toMatch(/^[A-Z_]+$/)
    app.clock.advance('3s')
    const { result, touched } = await trackChanges(app, () => send(operation))
    expect(result).toBe(mutations[name]?.repeatAnswer ?? first)
    if (oneTimeMutations.includes(name)) expect(withoutFailureCounts(touched)).toEqual([])
  })

  it.each(oneTimeMutations)('%s is a repeat for one minute', async (name) => {
    const operation = await createExampleOperation(name, app, await registerPerson(app))
    await send(operation)
    app.clock.advance('59s')
    expect(await send(operation)).toBe('User')
    app.clock.advance('1s')
    const refusal = name === 'changePassword' ? 'INVALID_CREDENTIALS' : 'INVALID_TOKEN'
    expect(await send(operation)).toBe(refusal)
  })
})

async function requestResetToken({ email }: Pick<Person, 'email'>, server = app) {
  await server.deliver()
  await requestPasswordReset(server, email)
  return getMailedToken(server, email)
}

/** A completed reset. */
async function createRecentReset() {
  const person = await registerPerson(app)
  const token = await requestResetToken(person)
  expect(await tryResetPassword(app, token, nextPassword)).toBe('User')
  return {
    person,
    token,
    repeatReset: (password: string) => tryResetPassword(app, token, password),
  }
}

/** A refusal that wrote only the count of a wrong password. */
async function expectRefused(work: () => Promise<string>) {
  const { result, touched } = await trackChanges(app, work)
  expect([result, withoutFailureCounts(touched)]).toEqual(['INVALID_TOKEN', []])
}

describe('a repeated reset', () => {
  it('with another password is refused, and neither password replaces the current one', async () => {
    const { person, repeatReset } = await createRecentReset()
    for (const password of ['a third horse altogether', goodPassword, '', 'x'.repeat(2_000)]) {
      await expectRefused(() => repeatReset(password))
    }
    await signIn(app, { ...person, password: nextPassword })
  })

  it('does not end sessions that started since', async () => {
    const { person, repeatReset } = await createRecentReset()
    const { accessToken } = await signIn(app, { ...person, password: nextPassword })
    expect(await repeatReset(nextPassword)).toBe('User')
    expect(await getRefusalReason(app, accessToken)).toBeUndefined()
  })

  it('is refused after another password change, after a newer link, and for a disabled account', async () => {
    const changed = await createRecentReset()
    const owner = await signIn(app, { ...changed.person, password: nextPassword })
    const change = await createExampleOperation('changePassword', app, {
      ...owner,
      password: nextPassword,
    })
    const input = { currentPassword: nextPassword, newPassword: 'the third of three' }
    expect(await send({ ...change, variables: { input } })).toBe('User')
    await expectRefused(() => changed.repeatReset(nextPassword))

    const renewed = await createRecentReset()
    await requestResetToken(renewed.person)
    await expectRefused(() => renewed.repeatReset(nextPassword))

    const disabled = await createRecentReset()
    await app.app.services.users.disable(disabled.person.id)
    await expectRefused(() => disabled.repeatReset(nextPassword))
  })

  it('distinguishes a used link from an unknown one only for the correct password', async () => {
    const { token } = await createRecentReset()
    await expectRefused(() => tryVerifyEmail(app, token, nextPassword))
    await expectRefused(() => tryResetPassword(app, token.toLowerCase(), nextPassword))
  })
})

describe('a repeated verification', () => {
  it('needs the same proof as the first request', async () => {
    const person = await registerPerson(app)
    const otherPerson = await registerPerson(app)
    const token = await getMailedToken(app, person.email)
    expect(await tryVerifyEmail(app, token, null, { token: person.accessToken })).toBe('User')
    expect(await tryVerifyEmail(app, token, null, { token: person.accessToken })).toBe('User')
    expect(await tryVerifyEmail(app, token, goodPassword)).toBe('User')
    await expectRefused(() => tryVerifyEmail(app, token, null))
    await expectRefused(() => tryVerifyEmail(app, token, 'not that one'))
    await expectRefused(() => tryVerifyEmail(app, token, null, { token: otherPerson.accessToken }))
    expect(
      (await findAuditEvents(app, person.id)).filter(({ type }) => type === 'EMAIL_VERIFIED'),
    ).toHaveLength(1)
  })
})

describe('a repeated change of the password', () => {
  it('is recognized only in the session that made the change, and only with the new password', async () => {
    const person = await registerPerson(app)
    const operation = await createExampleOperation('changePassword', app, person)
    expect(await send(operation)).toBe('User')
    const other = await signIn(app, { ...person, password: nextPassword })
    expect(await send({ ...operation, token: other.accessToken })).toBe('INVALID_CREDENTIALS')
    const input = { currentPassword: goodPassword, newPassword: 'a third horse altogether' }
    expect(await send({ ...operation, variables: { input } })).toBe('INVALID_CREDENTIALS')
    expect(await send(operation)).toBe('User')
  })
})

it('a hosted form that is sent twice shows the same page', async () => {
  const { email } = await registerPerson(app)
  await requestResetToken({ email })
  const page = await openPage(app, await getMailedLink(app, email))
  const [first, second] = [
    await submitForm(app, page, { newPassword: nextPassword }),
    await submitForm(app, page, { newPassword: nextPassword }),
  ]
  expect([first.status, successTextOf(first.html)]).toEqual([
    second.status,
    successTextOf(second.html),
  ])
  expect(second.status).toBe(200)
})

describe('password guesses through repeated requests', async () => {
  const limited = await startRateLimitedApp()
  afterAll(limited.close)

  it('count together with guesses at sign-in', async () => {
    const owner = await registerFromIp(limited)
    const token = await requestResetToken(owner, limited)
    const options = { headers: forwardedFor(owner.ip) }
    const attempt = async (newPassword: string) => {
      const input = { token, newPassword }
      return outcomeOf(await call(limited, ResetPasswordDocument, { input }, options))
    }
    expect(await attempt(nextPassword)).toBe('User')
    for (let i = 0; i < 5; i += 1) expect(await attempt(`guess ${i} of five`)).toBe('INVALID_TOKEN')
    expect(await attempt(nextPassword)).toBe('RATE_LIMITED 1')
    expect(await guessPassword(limited, { ...owner, password: nextPassword })).toBe(
      'RATE_LIMITED 1',
    )
  })
})
