// A client that retries a refresh proves itself with its earlier attempt value. A thief who copied only the refresh
// token does not know it, and gains nothing with another value. A thief who copies the whole storage during an
// unanswered refresh can follow until the owner continues (RFC 9700 §4.14.2).
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

it.each(['without an attempt value', 'with an attempt value of its own'])(
  'a thief who copied only the token is detected after the grace interval, %s',
  async (how) => {
    await rotate(owner.refreshToken, newAttempt())
    app.clock.advance('31s')
    await expectTheftDetected(
      owner.refreshToken,
      how === 'without an attempt value' ? null : newAttempt(),
    )
  },
)

it('a thief who refreshes first with another attempt value is detected by the owner’s late retry', async () => {
  const attempt = newAttempt()
  // The owner's request was lost on its way.
  await rotate(owner.refreshToken, newAttempt())
  app.clock.advance('31s')
  await expectTheftDetected(owner.refreshToken, attempt)
})

it('a thief who adds an attempt value within the grace interval is locked out when the owner continues', async () => {
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
  'a thief who copied token and attempt value can follow only until the owner continues, with the token it %s',
  async (which) => {
    const attempt = newAttempt()
    const lost = await rotate(owner.refreshToken, attempt)
    app.clock.advance('1h')
    const received = await rotate(owner.refreshToken, attempt)
    expect(received.refreshToken).toBe(lost.refreshToken)
    // The owner retries, and uses the returned token.
    const next = await rotate(owner.refreshToken, attempt)
    app.clock.advance('1h')
    await rotate(next.refreshToken, newAttempt())
    app.clock.advance('31s')
    const stolen = which === 'copied' ? owner : received
    await expectTheftDetected(stolen.refreshToken, attempt)
  },
)

it('a thief who copied token and attempt value and continues alone is detected by the owner', async () => {
  const attempt = newAttempt()
  await rotate(owner.refreshToken, attempt)
  app.clock.advance('1h')
  const { refreshToken } = await rotate(owner.refreshToken, attempt)
  await rotate(refreshToken, newAttempt())
  app.clock.advance('31s')
  await expectTheftDetected(owner.refreshToken, attempt)
})
