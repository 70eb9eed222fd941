import type { Audit } from '../audit/index.js'
import type { AuthenticationMethod, SessionEndReason } from '../../generated/prisma/enums.js'
import { addMs, type SystemClock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { Random } from '../../platform/crypto/random.js'
import { clientOf, describeClient } from './client-description.js'
import { hashPresenceProof, issuePresenceProof } from './presence-proof.js'
import { hashSeed, type RefreshTokenCodec } from './refresh-token.js'
import { readRefreshTokenState } from './refresh-token.store.js'
import { selectEvicted } from './session-limit.js'
import type { SessionOptions } from './session-options.js'
import {
  addMethod,
  listAllSessions,
  clearPresenceProofs,
  countSessions,
  endOtherSessions,
  endSession,
  findSession,
  hasPresenceProof,
  insertSession,
  listSessions,
  listLiveSessionIds,
  lockOwner,
  markAuthenticated,
  touchSessions,
  type NewSession,
  type SessionOfUser,
  type SessionPage,
  type SessionRow,
} from './session.store.js'

export interface SessionStart {
  readonly userId: string
  readonly deviceName: string | null
  readonly authenticationMethods: AuthenticationMethod[]
}

/** A session and its refresh token. The token is known only now; the database keeps no token. */
export interface IssuedSession {
  readonly session: SessionRow
  readonly refreshToken: string
}

/** The prepared values of a new session, before anything is written. */
export interface PreparedSession extends IssuedSession {
  /** For step-up operations. The database stores only its hash. */
  readonly presenceProof: string
  readonly row: NewSession
  /** The sessions to evict. */
  readonly evictedIds: readonly string[]
}

export interface SessionDeps {
  readonly database: Database
  readonly clock: SystemClock
  readonly random: Random
  readonly codec: RefreshTokenCodec
  readonly audit: Audit
}

// Limits writes of `last_used_at`: a write per request would be the most expensive part of the request.
const touchIntervalMs = 60_000

export type Sessions = ReturnType<typeof createSessions>

/** Signed-in devices: starting, finding and ending them. */
export function createSessions(options: SessionOptions, deps: SessionDeps) {
  const { database, clock, random, codec, audit } = deps
  const { db } = database

  // A separate statement: if it waits for a row lock, other requests can still authenticate.
  const touchBatched = database.batch(async (ids: readonly string[]) => {
    const now = clock.now()
    await touchSessions(db, [...ids], now, addMs(now, -touchIntervalMs))
    return ids.map(() => undefined)
  })

  return {
    /**
     * The live sessions of a user. Call it after this transaction has locked the user. The lock serializes sign-ins of
     * one user, so 50 concurrent ones leave exactly the allowed number.
     */
    async listLiveIds(tx: Tx | QueryFn, userId: string) {
      return options.maxPerUser === 0 ? [] : listLiveSessionIds(tx, userId, clock.now())
    },

    /** Prepares one more session. Null if the limit is reached and the policy is to refuse. */
    prepare(
      start: SessionStart,
      liveIds: readonly string[],
      request: RequestInfo,
    ): PreparedSession | null {
      const evictedIds = selectEvicted(liveIds, options)
      if (!evictedIds) return null
      const now = clock.now()
      const seed = codec.newSeed()
      const endsAt = addMs(now, options.maxAgeMs)
      const idleExpiry = addMs(now, options.idleLifetimeMs)
      const columns = {
        ...start,
        id: newId(clock),
        userAgent: request.userAgent,
        storedClient: describeClient(request.userAgent),
        ipAddress: request.ip,
        createdAt: now,
        authenticatedAt: now,
        expiresAt: idleExpiry < endsAt ? idleExpiry : endsAt,
      }
      const session = { ...columns, lastUsedAt: now, endedAt: null, endReason: null }
      const refreshToken = codec.encode({ sessionId: columns.id, generation: 1, seed })
      const presenceProof = issuePresenceProof(random, now)
      return {
        session,
        refreshToken,
        presenceProof: presenceProof.text,
        evictedIds,
        row: { ...columns, seedHash: hashSeed(seed), endsAt, presenceProof },
      }
    },

    /** Starts a prepared session and evicts others for it. */
    async start(tx: Tx | QueryFn, { row, evictedIds }: PreparedSession, request: RequestInfo) {
      const { userId: targetId, createdAt: now } = row
      const evict = async () => {
        // Sequentially: after the limit was introduced or lowered, there may be thousands.
        for (const sessionId of evictedIds) {
          await Promise.all([
            endSession(tx, sessionId, { now, reason: 'EVICTED' }),
            audit.record(tx, { type: 'SESSION_REVOKED', targetId, sessionId }, request),
          ])
        }
      }
      await Promise.all([insertSession(tx, row), evict()])
    },

    /** Ends a session. Its access tokens are refused from the next request on. */
    end: (tx: Tx, id: string, reason: SessionEndReason) =>
      endSession(tx, id, { now: clock.now(), reason }),

    /** Locks the user. No other transaction can end several sessions of this user until this one ends. */
    lockOwner,

    /** Ends all live sessions of a user except `keptIds`. Returns the ended ones. */
    endOthers: (tx: Tx, userId: string, keptIds: readonly string[], reason: SessionEndReason) =>
      endOtherSessions(tx, userId, keptIds, { now: clock.now(), reason }),

    find: (tx: Tx, id: string, userId: string) => findSession(tx, id, userId),

    /** The user proved presence again: issues a new proof. Null if the session has ended. */
    async markAuthenticated(tx: Tx, id: string, methods: readonly AuthenticationMethod[]) {
      const now = clock.now()
      const presenceProof = issuePresenceProof(random, now)
      const session = await markAuthenticated(tx, id, now, { proof: presenceProof, methods })
      return session && { session, presenceProof: presenceProof.text }
    },

    /** The user proved another method in this session, for example while enrolling it. */
    addMethod,

    /** Whether the session's user proved presence in the last ten minutes. Call it under the user's lock. */
    async hasRecentPresence(tx: Tx, session: SessionOfUser, presenceProof: string | null) {
      const proofHash = hashPresenceProof(presenceProof)
      return proofHash !== null && hasPresenceProof(tx, session, proofHash, clock.now())
    },

    /** After a change of password or address, proofs from before are invalid. */
    clearPresenceProofs,

    /** Records the use of a session, at most once a minute. Returns null if nothing has to be written. */
    touch({ sessionId, lastUsedAt }: { sessionId: string; lastUsedAt: Date }) {
      const isDue = lastUsedAt < addMs(clock.now(), -touchIntervalMs)
      return isDue ? touchBatched(sessionId) : null
    },

    /** The session of a refresh token; null for a forgery. The MAC is valid; the session may have ended. */
    sessionIdOf: (token: string): string | null => codec.decode(token)?.sessionId ?? null,

    /** The session of a refresh token of any generation; null for a forgery. */
    async findByRefreshToken(token: string): Promise<string | null> {
      const parts = codec.decode(token)
      if (!parts) return null
      const presented = {
        sessionId: parts.sessionId,
        seedHash: hashSeed(parts.seed),
        attemptHash: null,
      }
      const state = await readRefreshTokenState(database.query, presented, clock.databaseOffsetMs)
      return state?.id ?? null
    },

    list: (page: Omit<SessionPage, 'now'>) => listSessions(db, { ...page, now: clock.now() }),

    /** Live and ended sessions, until they are removed. */
    async listAll(userId: string) {
      const rows = await listAllSessions(db, userId)
      return rows.map(({ storedClient, ...row }) => ({
        ...row,
        client: clientOf({ storedClient, userAgent: row.userAgent }),
      }))
    },

    count: (userId: string) => countSessions(db, userId, clock.now()),
  }
}
