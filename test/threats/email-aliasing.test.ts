// If two parts of a system disagree whether two spellings are one address, an attacker can take over accounts
// (CVE-2019-19844: a reset sent to mıke@; GHSA-7rqj-j65f-68wh: IDN homographs; OWASP "Validating and sanitizing e-mail
// addresses"). The attacker can also multiply the guesses at one account, or register it twice. Here every spelling is
// refused or becomes the one canonical form everywhere. None leads to another user's account.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import {
  distinctEmails,
  refusedEmails,
  equivalentSpellings,
} from '../support/hostile/email-spellings.js'
import { startApp } from '../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  registerPerson,
  getAuthPayload,
} from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

// In memory, by the clock of this test alone.
const app = await startApp({ env: { RATE_LIMIT_FACTOR: '1000' } })
afterAll(app.close)

const registerAs = (email: string) =>
  call(app, RegisterDocument, { input: { email, password: goodPassword } })

const loginAs = (email: string, password = goodPassword) =>
  call(app, LoginDocument, { input: { email, password } })

beforeAll(async () => {
  for (const name of ['mike', 'kate', 'sam']) await registerPerson(app, `${name}@example.com`)
})

describe.each(Object.entries(equivalentSpellings))('%s', (canonical, spellings) => {
  it('is one account in every spelling, stored in one form', async () => {
    const [first = '', ...others] = spellings
    const { user } = getAuthPayload((await registerAs(first)).data?.register)
    expect(user.email).toBe(canonical)
    const repeatedRegistrations = await trackChanges(app, () =>
      Promise.all(others.map((email) => registerAs(email))),
    )
    expect(repeatedRegistrations.touched).toEqual([])
    for (const { data } of repeatedRegistrations.result)
      expect(getAuthError(data?.register).code).toBe('EMAIL_TAKEN')

    for (const email of spellings) {
      expect(getAuthPayload((await loginAs(email)).data?.login).user.id).toBe(user.id)
      expect(getAuthError((await loginAs(email, 'not it')).data?.login).code).toBe(
        'INVALID_CREDENTIALS',
      )
    }
    const rows = await app.db.user.findMany({ where: { email: { in: [canonical, ...spellings] } } })
    expect(rows.map(({ id, email }) => [id, email])).toEqual([[user.id, canonical]])
    const wrong = { targetId: user.id, type: 'LOGIN', success: false } as const
    expect(await app.db.auditEvent.count({ where: wrong })).toBe(spellings.length)
  })
})

it('look-alikes are separate accounts', async () => {
  const ids = new Set<string>()
  for (const email of distinctEmails) {
    expect(getAuthError((await loginAs(email)).data?.login).code).toBe('INVALID_CREDENTIALS')
    const { user } = getAuthPayload((await registerAs(email)).data?.register)
    expect(getAuthPayload((await loginAs(email)).data?.login).user.id).toBe(user.id)
    expect(user.email).toMatch(/^[!-~]+$/) // the stored forms do not look alike
    ids.add(user.id)
  }
  expect(ids.size).toBe(distinctEmails.length)
})

test.each(refusedEmails)(
  '%j is not an address: it can neither register nor sign in',
  async (email) => {
    const users = await app.db.user.count()
    const registering = await trackChanges(app, () => registerAs(email))
    expect(getAuthError(registering.result.data?.register)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path: ['input', 'email'] }],
    })
    expect(registering.touched).toEqual([])

    const login = await trackChanges(app, () => loginAs(email))
    expect(getAuthError(login.result.data?.login).code).toBe('INVALID_CREDENTIALS')
    expect(login.touched).toEqual(['audit_events'])
    const last = await app.db.auditEvent.findFirst({ orderBy: { id: 'desc' } })
    expect(last).toMatchObject({ type: 'LOGIN', targetId: null, actorId: null, success: false })
    expect(await app.db.user.count()).toBe(users)
  },
)

test.each(['ana@example.com\0', 'ana\0@example.com', 'ana@example.com\ud800'])(
  '%j is refused before any look-up',
  async (email) => {
    const { result, touched } = await trackChanges(app, () =>
      Promise.all([registerAs(email), loginAs(email)]),
    )
    for (const { status, errors } of result) {
      expect(status).toBe(400)
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
    expect(touched).toEqual([])
  },
)

it('twenty concurrent registrations with as many spellings make one account', async () => {
  const cases = ['dave', 'DAVE', 'Dave', 'dAvE', 'DAVe']
  const domains = ['münze.example', 'MÜNZE.example', 'xn--mnze-0ra.example', 'mu\u0308nze。example']
  const spellings = cases.flatMap((local) => domains.map((domain) => `${local}@${domain}`))
  expect(new Set(spellings).size).toBe(20)
  const counts = () =>
    Promise.all([
      app.db.user.count(),
      app.db.passwordCredential.count(),
      app.db.session.count(),
      app.db.auditEvent.count(),
    ])
  const before = await counts()
  const answers = await Promise.all(spellings.map((email) => registerAs(email)))
  const outcomes = answers.map(({ data }) => data?.register)
  const taken = outcomes.filter((outcome) => outcome?.__typename === 'AuthError')
  expect(taken.map((outcome) => getAuthError(outcome).code)).toEqual(Array(19).fill('EMAIL_TAKEN'))
  expect(await counts()).toEqual(before.map((count) => count + 1))
  const rows = await app.db.user.findMany({ where: { email: { startsWith: 'dave@' } } })
  expect(rows.map(({ email }) => email)).toEqual(['dave@xn--mnze-0ra.example'])
})
