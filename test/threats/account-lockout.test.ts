// A lockout after failures stops guessing, but lets any client lock out another user (CWE-645; OWASP Authentication
// Cheat Sheet, "Account Lockout"; NIST SP 800-63B-4 §3.2.2). Here failures delay the next guess by at most a quarter of
// an hour. Other clients' failures do not delay a user on a known network. The delays do not reveal whether an account
// exists.
import { afterAll, describe, expect, it } from 'vitest'
import { goodPassword as password, newEmail } from '../support/app/client.js'
import {
  failLogins,
  guessPassword,
  countPasswordHashes,
  newIp,
  registerFromIp,
  startRateLimitedApp,
} from '../support/app/rate-limits.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startRateLimitedApp()
afterAll(app.close)

describe('guessing at an account', () => {
  const accounts: [string, () => Promise<string>][] = [
    ['that exists', async () => (await registerFromIp(app)).email],
    ['that does not exist', async () => newEmail()],
    [
      'that is disabled',
      async () => {
        const { email, id } = await registerFromIp(app)
        await app.app.services.users.disable(id)
        return email
      },
    ],
    [
      'that has no password',
      async () => {
        const { email, id: userId } = await registerFromIp(app)
        await app.db.passwordCredential.delete({ where: { userId } })
        return email
      },
    ],
    ['whose address is malformed', async () => `nobody in particular ${newIp()}`],
  ]

  it.each(accounts)(
    '%s: five failures are free, then each one doubles the wait',
    async (_, make) => {
      const email = await make()
      await failLogins(app, { email }, 5)
      for (const delay of [1, 2, 4, 8] as const) {
        const hashes = await countPasswordHashes(app)
        const { result, touched } = await trackChanges(app, async () => [
          await guessPassword(app, { email }),
          await guessPassword(app, { email, password }),
          await guessPassword(app, { email, password: '' }),
        ])
        expect(result).toEqual(Array.from({ length: 3 }, () => `RATE_LIMITED ${delay}`))
        expect(touched).toEqual([])
        app.clock.advance(`${delay * 1_000 - 1}ms`)
        expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1') // a refusal did not extend the wait
        expect(await countPasswordHashes(app)).toBe(hashes)
        app.clock.advance('1ms')
        expect(await guessPassword(app, { email })).toBe('INVALID_CREDENTIALS')
        expect(await countPasswordHashes(app)).toBe(hashes + 1)
      }
    },
  )

  it('never takes more than a quarter of an hour, after which the right password works', async () => {
    const owner = await registerFromIp(app)
    await failLogins(app, { email: owner.email }, 5)
    for (const delay of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] as const) {
      expect(await guessPassword(app, { email: owner.email, password })).toBe(
        `RATE_LIMITED ${delay}`,
      )
      app.clock.advance(`${delay}s`)
      await failLogins(app, { email: owner.email }, 1)
    }
    app.clock.advance('900s')
    expect(await guessPassword(app, { email: owner.email, password })).toBe('AuthPayload')
  })

  it('is forgiven by a success', async () => {
    const { email } = await registerFromIp(app)
    for (let i = 0; i < 2; i += 1) {
      await failLogins(app, { email }, 4)
      expect(await guessPassword(app, { email, password })).toBe('AuthPayload')
    }
    await failLogins(app, { email }, 5)
    expect(await guessPassword(app, { email, password })).toBe('RATE_LIMITED 1')
    app.clock.advance('1s')
    expect(await guessPassword(app, { email, password })).toBe('AuthPayload')
    await failLogins(app, { email }, 5)
    expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
  })

  it('is forgotten a day after the last failure, and not a second earlier', async () => {
    const [early, late] = [newEmail(), newEmail()]
    for (const delay of [0, 1, 2]) {
      app.clock.advance(`${delay}s`)
      for (const email of [early, late]) await failLogins(app, { email }, delay === 0 ? 5 : 1)
    }
    app.clock.advance('86399s')
    await failLogins(app, { email: early }, 1)
    expect(await guessPassword(app, { email: early })).toBe('RATE_LIMITED 8')
    app.clock.advance('1s')
    await failLogins(app, { email: late }, 5)
    expect(await guessPassword(app, { email: late })).toBe('RATE_LIMITED 1')
  })
})
