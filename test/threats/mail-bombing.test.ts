// Any client may request mail to any address. Without a limit per recipient, attackers could flood a mailbox, also by
// aliases and from many addresses (OWASP Forgot Password Cheat Sheet, "Rate limiting"; API Security API4:2023). The
// limit is five per hour in total. The flooded owner can still sign in with the newest link.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeleteAccountDocument } from '@latchkey/client/operations'
import type { TestApp } from '../support/app/app.js'
import {
  call,
  newEmail,
  post,
  registerPerson,
  signIn,
  type Answer,
  type Person,
} from '../support/app/client.js'
import {
  forwardedFor,
  newIp,
  outcomeOf,
  registerFromIp,
  startRateLimitedApp,
} from '../support/app/rate-limits.js'
import { requestEmailChangeAs, tryResetPassword } from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset, requestVerification } from '../support/mail/mailed-links.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'

let app: TestApp
beforeAll(async () => {
  app = await startRateLimitedApp()
})
afterAll(() => app.close())

type Ask = typeof requestPasswordReset
const repeat = <T>(n: number, make: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => make(i))

/** By aliases, in arrays, under other spellings, and from thirty addresses: a hundred in total. */
async function bomb(
  field: string,
  ask: (...args: Parameters<Ask>) => Promise<Answer<unknown>>,
  email: string,
) {
  const head = `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!)`
  const one = `${field}(input: $input) { tokenLifetime }`
  const variables = { input: { email } }
  const fromNewIp = () => ({ headers: forwardedFor(newIp()) })
  const aliases = `${head} { ${repeat(20, (i) => `a${i}: ${one}`).join(' ')} }`
  const fragments = `${head} { ...A ...B } fragment A on Mutation { a: ${one} } fragment B on Mutation { b: ${one} }`
  await Promise.all([
    call(app, aliases, variables, fromNewIp()),
    call(app, aliases, variables, fromNewIp()),
    call(app, fragments, variables, fromNewIp()),
    post(
      app,
      JSON.stringify(repeat(20, () => ({ query: `${head} { ${one} }`, variables }))),
      forwardedFor(newIp()),
    ),
    ...repeat(30, (i) => {
      const [local = '', domain = ''] = email.split('@')
      const spelling = i % 2 ? email : `${local.toUpperCase()}@${domain.toUpperCase()}`
      return ask(app, spelling, fromNewIp())
    }),
    ...repeat(8, () => ask(app, email, { headers: forwardedFor('198.51.100.7') })),
  ])
}

it('a hundred resets for one account send five messages, and the newest link works', async () => {
  const { email } = await registerPerson(app)
  await app.deliver()
  await bomb('requestPasswordReset', requestPasswordReset, email)
  const sent = await listMailTo(app, email)
  expect(sent.filter(({ kind }) => kind === 'RESET_PASSWORD')).toHaveLength(5)
  expect(outcomeOf(await requestPasswordReset(app, email))).toBe('RATE_LIMITED 3600')

  const token = await getMailedToken(app, email)
  const password = 'at home again, thank you'
  expect(await tryResetPassword(app, token, password)).toBe('User')
  expect((await signIn(app, { email, password })).email).toBe(email)
  app.clock.advance('1h')
  expect((await requestPasswordReset(app, email)).data?.requestPasswordReset?.email).toBe(email)
})

it('a hundred verifications for one address send five messages', async () => {
  const { email } = await registerPerson(app)
  await app.deliver()
  const before = (await listMailTo(app, email)).length
  await bomb('requestEmailVerification', requestVerification, email)
  expect(await listMailTo(app, email)).toHaveLength(before + 5)
})

it('for an unknown address they send none', async () => {
  const email = newEmail()
  await bomb('requestPasswordReset', requestPasswordReset, email)
  expect(await listMailTo(app, email)).toEqual([])
  expect(await app.db.outboxMessage.count({ where: { recipient: email } })).toBe(0)
})

it('an account with several sessions sends five messages to others per hour', async () => {
  const person = await registerPerson(app)
  const sessions: Person[] = [person]
  for (let i = 0; i < 3; i += 1) sessions.push(await signIn(app, person))
  const [victim, ...others] = [newEmail(), newEmail(), newEmail()]
  const targets = [victim, ...others]
  const answers = await Promise.all(
    repeat(40, (i) => {
      const session = sessions[i % sessions.length] ?? person
      const options = { headers: forwardedFor(newIp()) }
      return requestEmailChangeAs(app, session, targets[i % targets.length] ?? '', options)
    }),
  )
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(5)
  await app.deliver()
  const where = { recipient: { in: targets } }
  expect(await app.db.outboxMessage.count({ where })).toBeLessThanOrEqual(5)

  for (const session of sessions) {
    expect(outcomeOf(await requestEmailChangeAs(app, session, victim))).toBe('RATE_LIMITED 3600')
  }
  const token = await signIn(app, person)
  expect(outcomeOf(await requestEmailChangeAs(app, token, victim))).toBe('RATE_LIMITED 3600')
})

describe('an address that several accounts are to change to', () => {
  async function bombFrom(attackerCount: number, done: (attacker: Person) => Promise<unknown>) {
    const victim = newEmail()
    for (let i = 0; i < attackerCount; i += 1) {
      const owner = await registerFromIp(app)
      const attacker = await signIn(app, owner)
      for (let j = 0; j < 5; j += 1) {
        await requestEmailChangeAs(app, attacker, victim)
        await app.deliver() // deliver each separately, because otherwise only the latest would be sent
      }
      await done(attacker)
    }
    const all = await app.db.outboxMessage.findMany({ where: { recipient: victim } })
    return { sent: all.filter(({ status }) => status === 'SENT'), all }
  }

  it('gets at most thirty messages per hour', async () => {
    const { sent, all } = await bombFrom(7, () => Promise.resolve())
    expect(sent).toHaveLength(30)
    const refused = all.filter(({ status }) => status === 'DEAD')
    expect(refused).toHaveLength(5)
    for (const { lastError } of refused) expect(lastError).toMatch(/too many e-mails/)
  })

  it('gets no more from accounts that are deleted after use', async () => {
    const { sent } = await bombFrom(7, async ({ email, accessToken: token }) => {
      const { data } = await call(
        app,
        DeleteAccountDocument,
        { input: { confirmEmail: email } },
        { token },
      )
      expect(data?.deleteAccount?.__typename).toBe('Deleted')
    })
    expect(sent).toHaveLength(30)
  })
})
