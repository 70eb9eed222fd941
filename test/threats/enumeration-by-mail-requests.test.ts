// "We have sent you a link" for those who have an account and another word for those who have none tells an attacker
// who is a customer (OWASP Forgot Password Cheat Sheet; ASVS 6.3.8), and so does a limit that only known addresses run
// into, or what the answer to a change of address says of the new one. One answer, one row; the rest is for the mail.
// The time is measured in test/alone/mail-requests-by-time.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import {
  call,
  refresh,
  registerPerson,
  succeeded,
  type Answer,
  type CallOptions,
} from '../support/app/client.js'
import { forwarded, newPlace, startLimitedApp } from '../support/app/limits.js'
import { requestChange, verifyBy } from '../support/mail/link-words.js'
import { seenBy } from '../support/app/look-alike.js'
import { askForReset, askForVerification } from '../support/mail/mailed-links.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { watch } from '../support/database/watch.js'

let addresses = 0
/** All of one length: how long an answer is tells nothing by itself. */
const newAddress = () => `sameness-${String((addresses += 1)).padStart(4, '0')}@example.com`

type Request = (app: TestApp, email: string, options?: CallOptions) => Promise<Answer<unknown>>

const requests: [string, Request][] = [
  ['requestPasswordReset', askForReset],
  ['requestEmailVerification', askForVerification],
]

const app = await startLimitedApp()
afterAll(app.close)

const known = { verified: '', unverified: '', disabled: '', passwordless: '' }
beforeAll(async () => {
  for (const name of Object.keys(known) as (keyof typeof known)[]) {
    known[name] = newAddress()
    const person = await registerPerson(app, known[name])
    if (name === 'unverified') continue
    expect(await verifyBy(app, await tokenFor(app, known[name]), person.password)).toBe('User')
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
  /** What is seen, and the rows that are written. */
  async function look(address: string, options?: CallOptions) {
    app.clock.advance('1ms') // ids are in order by the millisecond
    const from = newPlace()
    const headers = forwarded(from)
    const { result, touched } = await watch(app, () =>
      request(app, address, { headers, ...options }),
    )
    const row = await app.db.outboxMessage.findFirstOrThrow({ orderBy: { id: 'desc' } })
    const { id, recipient, createdAt, dueAt, giveUpAt, ...others } = row
    const rest = JSON.stringify(others).replaceAll(from, '<place>')
    const spans = [+dueAt - +createdAt, +giveUpAt - +createdAt]
    expect([id, recipient]).toEqual([expect.any(String), address])
    return { seen: seenBy(result, address), touched, rest, spans }
  }

  it('is answered alike, whoever has the address, and leaves the same row', async () => {
    const unknown = await look(newAddress())
    expect(unknown.seen.status).toBe(200)
    expect(unknown.seen.text).toContain('"email":"<address>"')
    expect(unknown.touched).toEqual(['outbox_messages'])
    for (const address of Object.values(known)) expect(await look(address)).toEqual(unknown)
    const person = await registerPerson(app)
    const options = { token: person.accessToken }
    expect(await look(known.verified, options)).toEqual(await look(newAddress(), options))
  })

  it('leaves the same line in the log', async () => {
    const lines = app.logLines.length
    for (const address of [newAddress(), ...Object.values(known)]) await request(app, address)
    const traces = app.logLines.slice(lines).map((line) => {
      const { time, requestId, ms, ...rest } = JSON.parse(line) as Record<string, unknown>
      return [typeof time, typeof requestId, typeof ms, rest]
    })
    expect(traces).toHaveLength(5)
    for (const trace of traces) expect(trace).toEqual(traces[0])
  })

  it('says of what is no address that it is none, before anybody looks who has it', async () => {
    for (const typed of ['nobody', 'a@b@', `${known.verified},${known.disabled}`]) {
      const { result, touched } = await watch(app, () => request(app, typed))
      expect(result.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
      expect(touched).toEqual([])
    }
  })
})

describe('the limits', () => {
  it.each(requests)(
    'of %s are the same for a known and an unknown address, to the last header',
    async (_, request) => {
      const [taken, free] = [newAddress(), newAddress()]
      await registerPerson(app, taken)
      const runs = await Promise.all(
        [taken, free].map(async (address) => {
          const run: ReturnType<typeof seenBy>[] = []
          for (let i = 0; i < 7; i += 1) {
            const answer = await request(app, address, { headers: forwarded(newPlace()) })
            run.push(seenBy(answer, address))
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
    const person = await registerPerson(app, newAddress())
    const looks = []
    for (const address of [newAddress(), known.verified]) {
      const { result, touched } = await watch(app, () => requestChange(app, person, address))
      const where = { recipient: address, kind: 'CONFIRM_EMAIL_CHANGE' } as const
      const { locale, attempts, status } = await app.db.outboxMessage.findFirstOrThrow({ where })
      looks.push({ ...seenBy(result, address), row: { locale, attempts, status }, touched })
    }
    expect(looks[0]?.text).toContain('"pendingEmail":"<address>"')
    expect(looks[1]).toEqual(looks[0])
  })

  it('shows the mover the same ever after: in the mail, in the profile, until it lapses', async () => {
    const free = newAddress()
    const movers = [
      { person: await registerPerson(app, newAddress()), to: free },
      { person: await registerPerson(app, newAddress()), to: known.verified },
    ]
    await app.deliver()
    for (const { person, to } of movers) await requestChange(app, person, to)

    // Time goes by before a message is sent: a relay that was away, or only the next second.
    app.clock.advance('20s')
    await app.deliver()
    const views = await Promise.all(
      movers.map(async ({ person, to }) => {
        const mails = await mailTo(app, person.email)
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

    const pending: (string | null)[][] = movers.map(() => [])
    let tokens = movers.map(({ person }) => person.refreshToken)
    for (const wait of ['1m', '23h', '58m', '45s', '10s', '10s', '1h'] as const) {
      app.clock.advance(wait)
      tokens = await Promise.all(
        movers.map(async ({ to }, i) => {
          const { accessToken, refreshToken } = succeeded(await refresh(app, tokens[i] ?? ''))
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
