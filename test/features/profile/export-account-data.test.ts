import { afterAll, describe, expect, it } from 'vitest'
import {
  ExportAccountDataDocument,
  LoginDocument,
  UpdateProfileDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  logout,
  newEmail,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { requestEmailChange, requestPasswordReset } from '../../support/mail/mailed-links.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** The content of an export. */
const dataOf = (result: unknown) =>
  (result as { json: Record<string, Record<string, unknown>[]> }).json

const exportData = (token: string | null) => call(app, ExportAccountDataDocument, {}, { token })

const profile = {
  username: 'Ada.Exported',
  name: 'Ada Lovelace',
  bio: 'Wrote the first program.',
  image: 'https://example.com/ada.png',
  locale: 'en-GB',
}

describe('the export of an account', () => {
  it('contains profile, factors, changes of address, sessions, networks, e-mails and audit events, and is recorded', async () => {
    const { id, email, sessionId, accessToken } = await registerPerson(app)
    await call(app, UpdateProfileDocument, { input: profile }, { token: accessToken })
    const input = { email, password: goodPassword, deviceName: 'An old phone' }
    const endedSession = getAuthPayload((await call(app, LoginDocument, { input })).data?.login)
    await logout(app, endedSession.refreshToken)
    const to = newEmail()
    await requestEmailChange(app, accessToken, to)
    await requestPasswordReset(app, email)
    await app.deliver()
    const { result, touched } = await trackChanges(app, () => exportData(accessToken))
    expect(touched).toEqual(['audit_events'])
    const exportedData = result.data?.exportAccountData
    expect(exportedData?.__typename).toBe('AccountData')
    const data = dataOf(exportedData)
    expect(Object.keys(data).sort()).toEqual([
      'auditEvents',
      'emailChanges',
      'knownAddresses',
      'messages',
      'passkeys',
      'secondFactors',
      'sessions',
      'user',
    ])
    expect(data['user']).toMatchObject({ id, email, pendingEmail: to, ...profile })
    expect(data['emailChanges']).toEqual([
      {
        oldEmail: email,
        newEmail: to,
        requestedAt: expect.any(String) as string,
        confirmedAt: null,
        cancelledAt: null,
        undoneAt: null,
      },
    ])
    expect(data['sessions']).toMatchObject([
      { id: endedSession.session.id, deviceName: 'An old phone', endReason: 'LOGOUT' },
      { id: sessionId, ipAddress: '127.0.0.1', userAgent: 'node', endedAt: null },
    ])
    expect(data['knownAddresses']).toMatchObject([{ network: '127.0.0.1' }])
    const messages = data['messages']?.map(
      ({ kind, status }) => `${String(kind)} ${String(status)}`,
    )
    expect(messages).toEqual([
      'VERIFY_EMAIL SENT',
      'EMAIL_CHANGE_REQUESTED SENT',
      'RESET_PASSWORD SENT',
    ])
    const events = data['auditEvents']?.map(({ type }) => type)
    expect(events).toEqual([
      'DATA_EXPORTED',
      'PASSWORD_RESET_REQUESTED',
      'EMAIL_CHANGE_REQUESTED',
      'LOGOUT',
      'LOGIN',
      'USER_REGISTERED',
    ])
    expect(data['auditEvents']?.[0]).toMatchObject({ actorId: id, sessionId, success: true })
  })

  it('needs a valid access token', async () => {
    const { result, touched } = await trackChanges(app, () => exportData(null))
    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(result.data?.exportAccountData).toBeNull()
    expect(touched).toEqual([])
  })
})
