// An attacker who knows the password guesses codes of the authenticator app: six digits, three steps at a time. So codes
// are limited per challenge, per account and in total (RFC 6238 §5.2, RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2). The right
// password must reset nothing, and people without the password must not delay the owner.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { call, type Person } from '../support/app/client.js'
import {
  beginSignIn,
  enrollTotp,
  factorDocuments,
  factorOutcome,
  nextTotpCode,
  sendFactor,
  totpCode,
  wrongTotpCode,
  type EnrolledPerson,
} from '../support/app/factors.js'
import {
  failLogins,
  forwardedFor,
  FrozenClock,
  newIp,
  registerFromIp,
  startRateLimitedApp,
  tally,
} from '../support/app/rate-limits.js'
import { usesPostgres } from '../support/database/database.js'
import { findAuditEvents } from '../support/database/track-changes.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { tryResetPassword } from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { runJob } from '../support/processes/smtp-relay.js'
import { hasRedis, startRedis } from '../support/processes/redis-server.js'

const app = await startRateLimitedApp()
afterAll(app.close)

interface Owner extends EnrolledPerson {
  /** The address from which the owner usually signs in. */
  readonly ip: string
}

async function registerOwner(server: TestApp = app): Promise<Owner> {
  const { ip, ...person } = await registerFromIp(server)
  const owner = await enrollTotp(server, person as unknown as Person)
  return { ...owner, ip }
}

const rowOf = ({ id: userId }: { id: string }, { db }: TestApp = app) =>
  db.totpCredential.findUniqueOrThrow({ where: { userId } })

/** The code of a refusal or failure, with the seconds to wait: `RATE_LIMITED 2`. */
async function tryCode(server: TestApp, challengeToken: string, code: string, ip = newIp()) {
  const input = { challengeToken, method: 'TOTP', code }
  const { data, errors } = await sendFactor(server, 'verifyMfa', input, {
    headers: forwardedFor(ip),
  })
  const { code: failure, retryAfter } = errors[0]?.extensions ?? {}
  if (failure) return `${failure as string} ${retryAfter as number}`
  return data?.result?.code ?? data?.result?.__typename ?? 'nothing'
}

/** Proves the password and sends one code, from a new address each time. */
async function signInWith(owner: Owner, code: string, ip = newIp()) {
  const options = { headers: forwardedFor(ip) }
  const { challengeToken } = await beginSignIn(app, owner, options)
  return tryCode(app, challengeToken, code, ip)
}

const wrongCode = ({ secret }: Owner) => wrongTotpCode(secret, app.clock.now())

const kindsTo = async ({ email }: Owner) => (await listMailTo(app, email)).map(({ kind }) => kind)

/** As after this many wrong codes over days: the delays between them take a quarter of an hour each. */
const setFailures = ({ id: userId }: Owner, failures: number) =>
  app.db.totpCredential.update({ where: { userId }, data: { failures } })

describe('guessing with the right password', () => {
  it('slows down, and the right password in between resets nothing', async () => {
    const owner = await registerOwner()
    for (let i = 0; i < 5; i += 1) {
      expect(await signInWith(owner, wrongCode(owner))).toBe('INVALID_MFA_CODE')
    }
    for (const delay of [1, 2, 4, 8] as const) {
      expect(await signInWith(owner, wrongCode(owner))).toBe(`RATE_LIMITED ${delay}`)
      app.clock.advance(`${delay}s`)
      expect(await signInWith(owner, wrongCode(owner))).toBe('INVALID_MFA_CODE')
    }
    expect((await rowOf(owner)).failures).toBe(9)
  })

  it('is refused without evaluating the code, right or wrong, and takes no try of the challenge', async () => {
    const owner = await registerOwner()
    for (let i = 0; i < 5; i += 1) await signInWith(owner, wrongCode(owner))
    const code = nextTotpCode(app, owner.secret) // 30 s later: the sixth guess is free again
    expect(await signInWith(owner, wrongCode(owner))).toBe('INVALID_MFA_CODE')
    const { challengeToken } = await beginSignIn(app, owner, { headers: forwardedFor(newIp()) })
    for (let i = 0; i < 10; i += 1) {
      expect(await tryCode(app, challengeToken, code)).toBe('RATE_LIMITED 2')
    }
    app.clock.advance('2s')
    expect(await tryCode(app, challengeToken, code)).toBe('AuthPayload')
  })

  it('starts at zero after a complete sign-in', async () => {
    const owner = await registerOwner()
    for (let i = 0; i < 4; i += 1) await signInWith(owner, wrongCode(owner))
    expect(await signInWith(owner, nextTotpCode(app, owner.secret))).toBe('AuthPayload')
    expect((await rowOf(owner)).failures).toBe(0)
    for (let i = 0; i < 5; i += 1) {
      expect(await signInWith(owner, wrongCode(owner))).toBe('INVALID_MFA_CODE')
    }
  })

  it('is recorded for the account', async () => {
    const owner = await registerOwner()
    for (let i = 0; i < 7; i += 1) await signInWith(owner, wrongCode(owner))
    await runJob(app, 'record refused guesses')
    const events = await findAuditEvents(app, owner.id)
    const failed = events.filter(({ type, success }) => type === 'LOGIN' && !success)
    expect(failed).toHaveLength(5)
    expect(events.filter(({ type }) => type === 'GUESSES_REFUSED')).toHaveLength(1)
  })

  it('sends the owner one e-mail at the fifth wrong code of a series', async () => {
    const owner = await registerOwner()
    const count = async () =>
      (await kindsTo(owner)).filter((kind) => kind === 'CODE_GUESSING').length
    for (let i = 0; i < 4; i += 1) await signInWith(owner, wrongCode(owner))
    expect(await count()).toBe(0)
    for (let i = 0; i < 8; i += 1) {
      await signInWith(owner, wrongCode(owner))
      app.clock.advance('5m')
    }
    expect(await count()).toBe(1)
  })
})

describe('after 100 wrong codes in a row', () => {
  /** An owner whose codes are not evaluated any more. */
  async function suspend() {
    const owner = await registerOwner()
    await setFailures(owner, 99)
    expect(await signInWith(owner, wrongCode(owner))).toBe('INVALID_MFA_CODE')
    expect(await signInWith(owner, nextTotpCode(app, owner.secret))).toBe('INVALID_MFA_CODE')
    expect((await rowOf(owner)).failures).toBe(100)
    return owner
  }

  it('no code is evaluated any more, however much later, and the owner gets one e-mail', async () => {
    const owner = await suspend()
    app.clock.advance('30d')
    expect(await signInWith(owner, nextTotpCode(app, owner.secret))).toBe('INVALID_MFA_CODE')
    expect((await kindsTo(owner)).filter((kind) => kind === 'CODE_GUESSING')).toHaveLength(1)
  })

  it('a password reset makes codes count again', async () => {
    const owner = await suspend()
    await requestPasswordReset(app, owner.email, { headers: forwardedFor(newIp()) })
    const token = await getMailedToken(app, owner.email)
    const password = 'a new horse entirely'
    expect(await tryResetPassword(app, token, password)).toBe('User')
    const code = nextTotpCode(app, owner.secret)
    expect(await signInWith({ ...owner, password }, code)).toBe('AuthPayload')
  })

  it('a sign-in with a recovery code makes them count again', async () => {
    const owner = await suspend()
    const { challengeToken } = await beginSignIn(app, owner)
    const [code] = owner.recoveryCodes
    const input = { challengeToken, method: 'RECOVERY_CODE', code }
    expect(await factorOutcome(app, 'verifyMfa', input)).toBe('AuthPayload')
    expect(await signInWith(owner, nextTotpCode(app, owner.secret))).toBe('AuthPayload')
  })

  it('an operator can unlock the account', async () => {
    const owner = await suspend()
    const user = await app.app.services.users.find(owner.id)
    if (user) await app.app.services.credentials.unlock(user)
    expect(await signInWith(owner, nextTotpCode(app, owner.secret))).toBe('AuthPayload')
  })
})

describe('people without the password', () => {
  it('cannot delay the owner or use up the count', async () => {
    const owner = await registerOwner()
    for (let i = 0; i < 3; i += 1) {
      const forged = Buffer.alloc(32, i).toString('base64url')
      expect(await tryCode(app, forged, wrongCode(owner))).toBe('INVALID_CHALLENGE')
    }
    await failLogins(app, { email: owner.email }, 5)
    expect((await rowOf(owner)).failures).toBe(0)
    expect(await signInWith(owner, nextTotpCode(app, owner.secret), owner.ip)).toBe('AuthPayload')
  })
})

/** How many of these codes are evaluated. Frozen clock: no delay passes. */
function describeFlood(servers: () => readonly [TestApp, ...TestApp[]]) {
  it('of 1,000 codes at four challenges, five are evaluated', async () => {
    const all = servers()
    const [first] = all
    const owner = await registerOwner(first)
    const challenges: string[] = []
    for (let i = 0; i < 4; i += 1) {
      const headers = forwardedFor(newIp())
      challenges.push((await beginSignIn(first, owner, { headers })).challengeToken)
    }
    const outcomes: string[] = []
    const wrong = wrongTotpCode(owner.secret, first.clock.now())
    for (let round = 0; round < 10; round += 1) {
      const attempts = Array.from({ length: 100 }, (_, i) =>
        tryCode(all[i % all.length] ?? first, challenges[i % 4] ?? '', wrong),
      )
      outcomes.push(...(await Promise.all(attempts)))
    }
    const counts = tally(outcomes)
    expect(counts['INVALID_MFA_CODE']).toBe(5)
    expect(Object.keys(counts).sort()).toEqual(
      expect.arrayContaining(['INVALID_MFA_CODE', 'RATE_LIMITED 1']),
    )
    expect((await rowOf(owner, first)).failures).toBe(5)
    const events = await findAuditEvents(first, owner.id)
    expect(events.filter(({ type, success }) => type === 'LOGIN' && !success)).toHaveLength(5)
    const { _sum: spent } = await first.db.mfaChallenge.aggregate({
      where: { userId: owner.id },
      _sum: { attempts: true },
    })
    expect(spent.attempts).toBe(5)
  })
}

describe('one replica', () => {
  describeFlood(() => [app])

  it('aliases in one operation, and operations in one request, evaluate no code', async () => {
    const owner = await registerOwner()
    const { challengeToken } = await beginSignIn(app, owner)
    const input = `input: { challengeToken: "${challengeToken}", method: TOTP, code: "000000" }`
    const aliases = Array.from({ length: 5 }, (_, i) => `a${i}: verifyMfa(${input}) { __typename }`)
    const { data, errors } = await call(app, `mutation { ${aliases.join(' ')} }`, {})
    expect(data ?? null).toBeNull()
    expect(errors.length).toBeGreaterThan(0)
    const operation = { query: factorDocuments.verifyMfa, variables: {} }
    const batch = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: 5 }, () => operation)),
    })
    expect(batch.status).toBe(400)
    const { attempts } = await app.db.mfaChallenge.findFirstOrThrow({ where: { userId: owner.id } })
    expect([attempts, (await rowOf(owner)).failures]).toEqual([0, 0])
  })
})

describe.skipIf(!hasRedis || !usesPostgres)('three replicas with one Redis', () => {
  let replicas: [TestApp, ...TestApp[]]
  let stopRedis: () => Promise<void>
  beforeAll(async () => {
    const redis = await startRedis()
    stopRedis = async () => {
      await redis.close()
    }
    const [clock, env] = [new FrozenClock(), { REDIS_URL: redis.url }]
    const first = await startRateLimitedApp({ clock, env })
    const { target } = first
    replicas = [
      first,
      await startRateLimitedApp({ clock, env, target }),
      await startRateLimitedApp({ clock, env, target }),
    ]
  })
  afterAll(async () => {
    for (const each of replicas.toReversed()) await each.close()
    await stopRedis()
  })
  describeFlood(() => replicas)
})

it('the code of the app cannot be guessed through reauthenticate either', async () => {
  const owner = await registerOwner()
  const { accessToken: token, password } = owner
  const send = (code: string) =>
    factorOutcome(app, 'reauthenticate', { password, totpCode: code }, { token })
  for (let i = 0; i < 5; i += 1) expect(await send(wrongCode(owner))).toBe('INVALID_MFA_CODE')
  expect(await send(totpCode(owner.secret, app.clock.now(), 1))).toBe('RATE_LIMITED')
  expect(await signInWith(owner, wrongCode(owner))).toBe('RATE_LIMITED 1')
})
