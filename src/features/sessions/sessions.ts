import type { AuthenticationMethod, SessionEndReason } from '../../generated/prisma/enums.js'
import { after, type Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Db, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { hashSeed, type RefreshTokenCodec } from './refresh-token.js'
import {
  countSessions,
  endSession,
  insertSession,
  listSessions,
  readRefreshTokenState,
  type SessionPage,
  type SessionRow,
} from './session.store.js'

export interface SessionOptions {
  /** Milliseconds until an unused session expires. */
  readonly idleLifetime: number
  /** Milliseconds until a session expires however much it is used. */
  readonly maxAge: number
  /** For how many milliseconds a replaced refresh token still gets its successor. */
  readonly grace: number
}

export interface SessionStart {
  readonly userId: string
  readonly deviceName: string | null
  readonly authenticationMethods: AuthenticationMethod[]
}

/** A session and the refresh token that carries it on: the one moment at which we know the token. */
export interface IssuedSession {
  readonly session: SessionRow
  readonly refreshToken: string
}

export interface SessionNeeds {
  readonly db: Db
  readonly clock: Clock
  readonly codec: RefreshTokenCodec
}

export type Sessions = ReturnType<typeof createSessions>

/** Signed-in devices: starting, finding and ending them. */
export function createSessions(options: SessionOptions, { db, clock, codec }: SessionNeeds) {
  return {
    /** In the transaction that has locked the user and knows that the user may sign in. */
    async start(tx: Tx, start: SessionStart, request: RequestInfo): Promise<IssuedSession> {
      const now = clock.now()
      const seed = codec.newSeed()
      const endsAt = after(now, options.maxAge)
      const idleExpiry = after(now, options.idleLifetime)
      const columns = {
        ...start,
        id: newId(clock),
        userAgent: request.userAgent,
        ipAddress: request.ip,
        createdAt: now,
        authenticatedAt: now,
        expiresAt: idleExpiry < endsAt ? idleExpiry : endsAt,
      }
      await insertSession(tx, { ...columns, seedHash: hashSeed(seed), endsAt })
      return {
        session: { ...columns, lastUsedAt: now },
        refreshToken: codec.encode({ sessionId: columns.id, generation: 1, seed }),
      }
    },

    /** Ends a session; its access tokens are refused from the next request on. */
    end: (tx: Tx, id: string, reason: SessionEndReason) => endSession(tx, id, reason, clock.now()),

    /** The session that a token of any generation belongs to; null for a forgery. */
    async findByRefreshToken(token: string): Promise<string | null> {
      const parts = codec.decode(token)
      const state =
        parts && (await readRefreshTokenState(db, parts.sessionId, hashSeed(parts.seed)))
      return state?.id ?? null
    },

    list: (page: Omit<SessionPage, 'now'>) => listSessions(db, { ...page, now: clock.now() }),

    count: (userId: string) => countSessions(db, userId, clock.now()),
  }
}
