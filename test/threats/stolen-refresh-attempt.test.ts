// A client that retries a refresh proves itself by the attempt value that it sent before. A thief who copied the refresh
// token does not know it, and one who chooses a value gains nothing. Only who copies the whole storage while a refresh is
// without an answer can follow, until the owner goes on (RFC 9700 §4.14.2).
import { randomBytes } from 'node:crypto'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { RefreshDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  call,
  getAuthError,
  registerPerson,
  signIn,
  getAuthPayload,
  type Person,
} from '../support/app/client.js'

const app = await startApp({ env: { REFRESH_GRACE: '30s' } })
afterAll(app.close)

let owner: Person
let otherDevice: Person
beforeEach(async () => {
  owner = await registerPerson(app)
  otherDevice = await signIn(app, owner)
})

const newAttempt = () => randomBytes(32).toString('base64url')

async function refresh(refreshToken: string, attempt: string | null) {
  const input = { refreshToken, attempt }
  return (await call(app, RefreshDocument, { input })).data?.refresh
}
async function rotate(token: string, attempt: string | null) {
  const { accessToken, refreshToken } = getAuthPayload(await refresh(token, attempt))
  return { accessToken, refreshToken: refreshToken ?? '' }
}

async function expectTheftDetected(token: string, attempt: string | null) {
  expect(getAuthError(await refresh(token, attempt)).code).toBe('REFRESH_TOKEN_REUSED')
  const found = { type: 'REFRESH_TOKEN_REUSED', sessionId: owner.sessionId } as const
  expect(await app.db.auditEvent.count({ where: found })).toBe(1)
  const session = await app.db.session.findUniqueOrThrow({ where: { id: owner.sessionId } })
  expect(session.endReason).toBe('REFRESH_TOKEN_REUSED')
  getAuthPayload(await refresh(otherDevice.refreshToken, null))
}

it.each(['without one', 'with one of its own'])(
  'who copied the token alone is found out after the grace interval, %s',
  async (how) => {
    await rotate(owner.refreshToken, newAttempt())
    app.clock.advance('31s')
    await expectTheftDetected(owner.refreshToken, how === 'without one' ? null : newAttempt())
  },
)

it('who is first with a value of its own is found out by the late retry of the owner', async () => {
  const attempt = newAttempt()
  // The request of the owner was lost on the way.
  await rotate(owner.refreshToken, newAttempt())
  app.clock.advance('31s')
  await expectTheftDetected(owner.refreshToken, attempt)
})

it('who adds a value of its own within the grace interval is shut out when the owner goes on', async () => {
  const next = await rotate(owner.refreshToken, newAttempt())
  const thiefAttempt = newAttempt()
  await rotate(owner.refreshToken, thiefAttempt)
  app.clock.advance('1h')
  await rotate(owner.refreshToken, thiefAttempt)
  await rotate(next.refreshToken, newAttempt())
  app.clock.advance('31s')
  await expectTheftDetected(owner.refreshToken, thiefAttempt)
})

it.each(['copied', 'received'])(
  'who copied token and attempt follows until the owner goes on, and no longer, with the token it %s',
  async (which) => {
    const attempt = newAttempt()
    const lost = await rotate(owner.refreshToken, attempt)
    app.clock.advance('1h')
    const received = await rotate(owner.refreshToken, attempt)
    expect(received.refreshToken).toBe(lost.refreshToken)
    // The owner retries, and uses what it gets.
    const next = await rotate(owner.refreshToken, attempt)
    app.clock.advance('1h')
    await rotate(next.refreshToken, newAttempt())
    app.clock.advance('31s')
    const stolen = which === 'copied' ? owner : received
    await expectTheftDetected(stolen.refreshToken, attempt)
  },
)

it('who copied token and attempt and goes on alone is found out by the owner', async () => {
  const attempt = newAttempt()
  await rotate(owner.refreshToken, attempt)
  app.clock.advance('1h')
  const { refreshToken } = await rotate(owner.refreshToken, attempt)
  await rotate(refreshToken, newAttempt())
  app.clock.advance('31s')
  await expectTheftDetected(owner.refreshToken, attempt)
})
