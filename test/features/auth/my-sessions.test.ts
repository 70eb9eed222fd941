import { afterAll, describe, expect, it, test } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { call, logout, refresh, registerPerson, signIn } from '../../support/app/client.js'

const app = await startApp()
afterAll(app.close)

const query = `query ($first: Int, $after: String) {
  me {
    sessions(first: $first, after: $after) {
      totalCount
      edges { cursor node { id } }
      nodes {
        id current deviceName ipAddress userAgent authenticationMethods
        createdAt lastUsedAt expiresAt
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
  authSettings { passwordMinLength }
}`

interface Sessions {
  totalCount: number
  edges: { cursor: string; node: { id: string } }[]
  nodes: { id: string; current: boolean; [field: string]: unknown }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null }
}

async function querySessions(token: string, variables: object = {}) {
  const { status, data, errors } = await call(app, query, variables, { token })
  const { me } = data as { me: { sessions: Sessions | null } }
  return { status, data, errors, sessions: me.sessions }
}

async function listSessions(token: string, variables: object = {}) {
  const { sessions } = await querySessions(token, variables)
  if (!sessions) throw new Error('no sessions')
  return { ...sessions, ids: sessions.nodes.map(({ id }) => id) }
}

/** A person with three sessions; the first is the least recently used. */
async function registerWithThreeSessions() {
  const first = await registerPerson(app)
  app.clock.advance('1s')
  const second = await signIn(app, first)
  app.clock.advance('1s')
  const third = await signIn(app, first)
  return { first, second, third }
}

describe('a user’s sessions', () => {
  it('have distinguishing details, and the session of the request is marked', async () => {
    const { second, third, first } = await registerWithThreeSessions()
    const { nodes, totalCount, edges } = await listSessions(second.accessToken)
    expect(nodes.map(({ id, current }) => [id, current])).toEqual([
      [third.sessionId, false],
      [second.sessionId, true],
      [first.sessionId, false],
    ])
    expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id))
    expect(totalCount).toBe(3)
    const row = await app.db.session.findUniqueOrThrow({
      where: { id: second.sessionId },
      include: { refreshToken: true },
    })
    expect(nodes[1]).toMatchObject({
      ipAddress: '127.0.0.1',
      userAgent: 'node',
      deviceName: null,
      authenticationMethods: ['PASSWORD'],
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.refreshToken?.lastUsedAt.toISOString(),
      expiresAt: row.refreshToken?.expiresAt.toISOString(),
    })
  })

  it('are sorted by last use: a refresh moves a session to the top', async () => {
    const { first, second, third } = await registerWithThreeSessions()
    app.clock.advance('1s')
    await refresh(app, first.refreshToken)
    const { ids } = await listSessions(third.accessToken)
    expect(ids).toEqual([first.sessionId, third.sessionId, second.sessionId])
  })

  it('appear once each over all pages, even with the same time of last use', async () => {
    const { first, second, third } = await registerWithThreeSessions()
    const sessionId = { in: [first.sessionId, second.sessionId] }
    const lastUsedAt = app.clock.now()
    await app.db.refreshToken.updateMany({ where: { sessionId }, data: { lastUsedAt } })

    const seen: string[] = []
    let after: string | null = null
    for (const [page, hasNextPage] of [true, true, false].entries()) {
      const { ids, pageInfo, totalCount } = await listSessions(third.accessToken, {
        first: 1,
        after,
      })
      expect(pageInfo).toMatchObject({ hasNextPage, hasPreviousPage: page > 0 })
      expect(totalCount).toBe(3)
      seen.push(...ids)
      after = pageInfo.endCursor
    }
    expect(seen).toEqual((await listSessions(third.accessToken)).ids)
    expect(new Set(seen).size).toBe(3)
    const beyond = await listSessions(third.accessToken, { after })
    expect(beyond).toMatchObject({ ids: [], totalCount: 3, pageInfo: { endCursor: null } })
  })

  it('are only the user’s own, even with the cursor of another user', async () => {
    const { first, third } = await registerWithThreeSessions()
    const { pageInfo } = await listSessions(third.accessToken, { first: 1 })
    app.clock.advance('1s')
    const other = await registerPerson(app)
    expect((await listSessions(other.accessToken)).ids).toEqual([other.sessionId])
    expect((await listSessions(other.accessToken, { after: pageInfo.endCursor })).ids).toEqual([])
    expect((await listSessions(first.accessToken)).ids).not.toContain(other.sessionId)
  })

  it('are only the live ones', async () => {
    const { first, second, third } = await registerWithThreeSessions()
    const fourth = await signIn(app, first)
    await logout(app, first.refreshToken)
    const expiresAt = app.clock.now()
    const { sessionId } = second
    await app.db.refreshToken.update({ where: { sessionId }, data: { expiresAt } })
    await app.db.session.update({ where: { id: third.sessionId }, data: { expiresAt } })
    const { ids, totalCount } = await listSessions(fourth.accessToken)
    expect({ ids, totalCount }).toEqual({ ids: [fourth.sessionId], totalCount: 1 })
  })
})

describe('BAD_USER_INPUT', () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url')

  test.each([
    { first: 0 },
    { first: -1 },
    { first: 101 },
    { after: '' },
    { after: 'x' },
    { after: cursor('1 x') },
    { after: cursor('-1 01890000-0000-7000-8000-000000000000') },
    { after: cursor(`${'9'.repeat(15)} 01890000-0000-7000-8000-000000000000`) },
  ])('for %j, and only that field has no answer', async (variables) => {
    const { accessToken } = await registerPerson(app)
    const { status, data, errors, sessions } = await querySessions(accessToken, variables)
    expect(errors).toMatchObject([
      { path: ['me', 'sessions'], extensions: { code: 'BAD_USER_INPUT' } },
    ])
    expect(sessions).toBeNull()
    expect(data).toMatchObject({ authSettings: { passwordMinLength: 8 } })
    // GraphQL over HTTP: a response with data has a 2xx status, because clients drop the data of other responses.
    expect(status).toBe(200)
  })

  it('is not the answer to the smallest and the largest page size', async () => {
    const { accessToken, sessionId } = await registerPerson(app)
    for (const first of [1, 100]) {
      expect((await listSessions(accessToken, { first })).ids).toEqual([sessionId])
    }
  })
})
