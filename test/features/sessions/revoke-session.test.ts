import { afterAll, describe, expect, it, test } from 'vitest'
import { RevokeOtherSessionsDocument, RevokeSessionDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  me,
  refresh,
  getRefusalReason,
  registerPerson,
  signIn,
  type Person,
  type Server,
} from '../../support/app/client.js'
import { usesPostgres } from '../../support/database/database.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const revoke = async (server: Server, by: Person, sessionId: string) => {
  const { data } = await call(
    server,
    RevokeSessionDocument,
    { input: { sessionId } },
    { token: by.accessToken },
  )
  return data?.revokeSession
}

async function signInThreeDevices() {
  const phone = await registerPerson(app)
  return { phone, laptop: await signIn(app, phone), tablet: await signIn(app, phone) }
}

describe('revokeSession', () => {
  it('refuses the tokens of the session at the next request; other sessions stay live', async () => {
    const { phone, laptop, tablet } = await signInThreeDevices()
    expect(await revoke(app, phone, laptop.sessionId)).toMatchObject({
      __typename: 'Session',
      id: laptop.sessionId,
      current: false,
      endReason: 'REVOKED',
      endedAt: expect.any(String) as string,
    })
    expect(await getRefusalReason(app, laptop.accessToken)).toBe('SESSION_ENDED')
    expect(getAuthError(await refresh(app, laptop.refreshToken)).code).toBe('SESSION_ENDED')
    for (const { accessToken, id } of [phone, tablet]) {
      expect((await me(app, accessToken)).data?.me?.id).toBe(id)
    }
    expect(await findAuditEvents(app, phone.id)).toContainEqual(
      expect.objectContaining({ type: 'SESSION_REVOKED', sessionId: laptop.sessionId }),
    )
  })

  it('can end the viewer’s own session', async () => {
    const { phone } = await signInThreeDevices()
    expect(await revoke(app, phone, phone.sessionId)).toMatchObject({ current: true })
    expect(await getRefusalReason(app, phone.accessToken)).toBe('SESSION_ENDED')
  })

  it('returns the same answer when repeated and writes nothing', async () => {
    const { phone, laptop } = await signInThreeDevices()
    const first = await revoke(app, phone, laptop.sessionId)
    const { result, touched } = await trackChanges(app, () => revoke(app, phone, laptop.sessionId))
    expect(result).toEqual(first)
    expect(touched).toEqual([])
  })

  it.each(['another user’s', 'unknown', 'no id'])(
    'answers NOT_FOUND and changes nothing: %s',
    async (kind) => {
      const [mine, theirs] = [await registerPerson(app), await registerPerson(app)]
      const ids: Record<string, string> = {
        'another user’s': theirs.sessionId,
        unknown: '01a2015b-340d-76e2-8ec6-605ded6cbb78',
      }
      const id = ids[kind] ?? "' OR 1=1 --"
      const { result, touched } = await trackChanges(app, () => revoke(app, mine, id))
      expect(getAuthError(result).code).toBe('NOT_FOUND')
      expect(touched).toEqual([])
      expect(await getRefusalReason(app, theirs.accessToken)).toBeUndefined()
    },
  )

  it('requires a live session and reads it again for every field', async () => {
    const { phone, laptop } = await signInThreeDevices()
    const twice = `mutation ($own: ID!, $other: ID!) {
      own: revokeSession(input: { sessionId: $own }) { __typename }
      other: revokeSession(input: { sessionId: $other }) { __typename }
    }`
    const { data, errors } = await call(
      app,
      twice,
      { own: phone.sessionId, other: laptop.sessionId },
      { token: phone.accessToken },
    )
    expect(data).toEqual({ own: { __typename: 'Session' }, other: null })
    expect(errors[0]?.extensions).toMatchObject({ reason: 'SESSION_ENDED' })
    expect(await getRefusalReason(app, laptop.accessToken)).toBeUndefined()
  })
})

test('revokeOtherSessions ends all sessions except the current one', async () => {
  const { phone, laptop, tablet } = await signInThreeDevices()
  const { data } = await call(app, RevokeOtherSessionsDocument, {}, { token: phone.accessToken })
  const ended = data?.revokeOtherSessions?.sessions ?? []
  expect(ended.map(({ id }) => id).sort()).toEqual([laptop.sessionId, tablet.sessionId].sort())
  expect(new Set(ended.map(({ endReason }) => endReason))).toEqual(new Set(['REVOKED']))
  expect(await getRefusalReason(app, laptop.accessToken)).toBe('SESSION_ENDED')
  expect(await getRefusalReason(app, tablet.accessToken)).toBe('SESSION_ENDED')
  expect(await getRefusalReason(app, phone.accessToken)).toBeUndefined()
})

test.runIf(usesPostgres)(
  'a session that one replica ended is refused by another at the next request (skipped without PostgreSQL)',
  async () => {
    const replica = await startApp({ target: app.target, clock: app.clock })
    try {
      const { phone, laptop, tablet } = await signInThreeDevices()
      expect(await getRefusalReason(replica, laptop.accessToken)).toBeUndefined()
      await revoke(app, phone, laptop.sessionId)
      for (const server of [replica, app]) {
        expect(await getRefusalReason(server, laptop.accessToken)).toBe('SESSION_ENDED')
        expect(await getRefusalReason(server, tablet.accessToken)).toBeUndefined()
      }
    } finally {
      await replica.close()
    }
  },
)
