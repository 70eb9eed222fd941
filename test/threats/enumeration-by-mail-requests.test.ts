// Different answers for known and unknown addresses tell an attacker who is a customer (OWASP Forgot Password Cheat
// Sheet; ASVS 6.3.8). So does a limit that applies only to known addresses, or an answer to an e-mail change that
// depends on the new address. Here every address gets one answer and one row; only the mail differs.
// test/alone/mail-request-timing.test.ts measures the time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import {
  call,
  refresh,
  registerPerson,
  getAuthPayload,
  type Answer,
  type CallOptions,
} from '../support/app/client.js'
import { forwardedFor, newIp, startRateLimitedApp } from '../support/app/rate-limits.js'
import { requestEmailChangeAs, tryVerifyEmail } from '../support/mail/mailed-link-outcomes.js'
import { clientViewOf } from '../support/app/client-view.js'
import { requestPasswordReset, requestVerification } from '../support/mail/mailed-links.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { trackChanges } from '../support/database/track-changes.js'

let emailCount = 0
/** All of one length, because the length of an answer must not matter here. */
const newFixedLengthEmail = () =>
  `sameness-${String((emailCount += 1)).padStart(4, '0')}@example.com`

type Request = (app: TestApp, email: string, options?: CallOptions) => Promise<Answer<unknown>>

const requests: [string, Request][] = [
  ['requestPasswordReset', requestPasswordReset],
  ['requestEmailVerification', requestVerification],
]

const app = await startRateLimitedApp()
afterAll(app.close)

const known = { verified: '', unverified: '', disabled: '', passwordless: '' }
beforeAll(async () => {
  for (const name of Object.keys(known) as (keyof typeof known)[]) {
    known[name] = newFixedLengthEmail()
    const person = await registerPerson(app, known[name])
    if (name === 'unverified') continue
    expect(await tryVerifyEmail(app, await getMailedToken(app, known[name]), person.password)).toBe(
      'User',
    )
    const where = { id: person.id }
    const disabledAt = app.clock.now()
    if (name === 'disabled') await app.db.user.update({ where, data: { disabledAt } })
    if (name === 'passwordless') {
      await app.db.passwordCredential.delete({ where: { userId: person.id } })
    }
  }
  await app.deliver()
})

describe.each(requests)('%s', (_, request) => {
  /** The visible answer, and the written rows. */
  async function observe(email: string, options?: CallOptions) {
    app.clock.advance('1ms') // ids are in order by the millisecond
    const ip = newIp()
    const headers = forwardedFor(ip)
    const { result, touched } = await trackChanges(app, () =>
      request(app, email, { headers, ...options }),
    )
    const row = await app.db.outboxMessage.findFirstOrThrow({ orderBy: { id: 'desc' } })
    const { id, recipient, createdAt, dueAt, giveUpAt, ...others } = row
    const rest = JSON.stringify(others).replaceAll(ip, '<place>')
    const delaysMs = [+dueAt - +createdAt, +giveUpAt - +createdAt]
    expect([id, recipient]).toEqual([expect.any(String), email])
    return { clientView: clientViewOf(result, email), touched, rest, spans: delaysMs }
  }

  it('is answered alike for known and unknown addresses, and leaves the same row', async () => {
    const unknown = await observe(newFixedLengthEmail())
    expect(unknown.clientView.status).toBe(200)
    expect(unknown.clientView.text).toContain('"email":"<address>"')
    expect(unknown.touched).toEqual(['outbox_messages'])
    for (const email of Object.values(known)) expect(await observe(email)).toEqual(unknown)
    const person = await registerPerson(app)
    const options = { token: person.accessToken }
    expect(await observe(known.verified, options)).toEqual(
      await observe(newFixedLengthEmail(), options),
    )
  })

  it('leaves the same line in the log', async () => {
    const lines = app.logLines.length
    for (const email of [newFixedLengthEmail(), ...Object.values(known)]) await request(app, email)
    const traces = app.logLines.slice(lines).map((line) => {
      const { time, requestId, ms, ...rest } = JSON.parse(line) as Record<string, unknown>
      return [typeof time, typeof requestId, typeof ms, rest]
    })
    expect(traces).toHaveLength(5)
    for (const trace of traces) expect(trace).toEqual(traces[0])
  })

  it('reports a malformed address as such, before any look-up', async () => {
    for (const typed of ['nobody', 'a@b@', `${known.verified},${known.disabled}`]) {
      const { result, touched } = await trackChanges(app, () => request(app, typed))
      expect(result.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
      expect(touched).toEqual([])
    }
  })
})

describe('the limits', () => {
  it.each(requests)(
    'of %s are the same for a known and an unknown address, to the last header',
    async (_, request) => {
      const [taken, free] = [newFixedLengthEmail(), newFixedLengthEmail()]
      await registerPerson(app, taken)
      const runs = await Promise.all(
        [taken, free].map(async (email) => {
          const run: ReturnType<typeof clientViewOf>[] = []
          for (let i = 0; i < 7; i += 1) {
            const answer = await request(app, email, { headers: forwardedFor(newIp()) })
            run.push(clientViewOf(answer, email))
          }
          return run
        }),
      )
      expect(runs[0]).toEqual(runs[1])
      const refused = runs[0]?.filter(({ text }) => text.includes('RATE_LIMITED'))
      expect(refused).toHaveLength(2)
    },
  )
})

describe('requestEmailChange', () => {
  it('is answered alike for a taken and a free address, and leaves the same rows', async () => {
    const person = await registerPerson(app, newFixedLengthEmail())
    const observations = []
    for (const email of [newFixedLengthEmail(), known.verified]) {
      const { result, touched } = await trackChanges(app, () =>
        requestEmailChangeAs(app, person, email),
      )
      const where = { recipient: email, kind: 'CONFIRM_EMAIL_CHANGE' } as const
      const { locale, attempts, status } = await app.db.outboxMessage.findFirstOrThrow({ where })
      observations.push({
        ...clientViewOf(result, email),
        row: { locale, attempts, status },
        touched,
      })
    }
    expect(observations[0]?.text).toContain('"pendingEmail":"<address>"')
    expect(observations[1]).toEqual(observations[0])
  })

  it('always shows the requester the same: in the mail, in the profile, until it lapses', async () => {
    const free = newFixedLengthEmail()
    const requesters = [
      { person: await registerPerson(app, newFixedLengthEmail()), to: free },
      { person: await registerPerson(app, newFixedLengthEmail()), to: known.verified },
    ]
    await app.deliver()
    for (const { person, to } of requesters) await requestEmailChangeAs(app, person, to)

    // Time passes before a message is sent, after an outage of the relay or simply in the next second.
    app.clock.advance('20s')
    await app.deliver()
    const views = await Promise.all(
      requesters.map(async ({ person, to }) => {
        const mails = await listMailTo(app, person.email)
        return mails.map(({ kind, text, url }) => ({
          kind,
          text: text
            .replaceAll(url ?? '<none>', '<link>')
            .replaceAll(to, '<new>')
            .replaceAll(person.email, '<old>'),
        }))
      }),
    )
    expect(views[1]).toEqual(views[0])

    const pending: (string | null)[][] = requesters.map(() => [])
    let tokens = requesters.map(({ person }) => person.refreshToken)
    for (const wait of ['1m', '23h', '58m', '45s', '10s', '10s', '1h'] as const) {
      app.clock.advance(wait)
      tokens = await Promise.all(
        requesters.map(async ({ to }, i) => {
          const { accessToken, refreshToken } = getAuthPayload(await refresh(app, tokens[i] ?? ''))
          const { data } = await call<{ me: { pendingEmail: string | null } }, object>(
            app,
            '{ me { pendingEmail } }',
            {},
            { token: accessToken },
          )
          pending[i]?.push(data?.me.pendingEmail?.replaceAll(to, '<new>') ?? null)
          return refreshToken ?? ''
        }),
      )
    }
    expect(pending[0]?.at(0)).toBe('<new>')
    expect(pending[0]?.at(-1)).toBeNull()
    expect(pending[1], 'taken, compared with free').toEqual(pending[0])
  })
})
