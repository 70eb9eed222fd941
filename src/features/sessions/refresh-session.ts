import { ServiceBusy } from '../../platform/errors.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { hashRefreshAttempt } from './refresh-attempt.js'
import { hashSeed, type RefreshTokenParts } from './refresh-token.js'
import {
  addRefreshAttempt,
  readRefreshTokenState,
  rotateUnlockedTokens,
  rotateRefreshToken,
  type PresentedToken,
  type RefreshTokenState,
  type RotatedToken,
} from './refresh-token.store.js'
import { endSession } from './session.store.js'
import type { SessionOptions } from './session-options.js'
import type { IssuedSession, SessionDeps } from './sessions.js'

export type RefreshOutcome =
  | ({ kind: 'refreshed' } & IssuedSession)
  | { kind: 'invalid-refresh-token' }
  | { kind: 'refresh-token-expired' }
  | { kind: 'refresh-token-reused' }
  | { kind: 'session-ended' }

export type RefreshSession = ReturnType<typeof createRefreshSession>

/**
 * Rotates a refresh token (RFC 9700 §4.14.2). A replaced token gets the live one in two cases: within the grace
 * interval, for racing tabs; or with the `attempt` value of its rotation, for a client that lost the response. In every
 * other case, one of the two holders of the token stole it, so the session ends. Throws ServiceBusy if the session
 * changed between two statements.
 *
 * All times are the database's. So neither a stall nor a wrong clock of a replica ends the session of an honest client.
 */
export function createRefreshSession(
  options: SessionOptions,
  { database, clock, codec, audit }: Omit<SessionDeps, 'random'>,
) {
  const times = () => ({
    databaseOffsetMs: clock.databaseOffsetMs,
    graceMs: options.graceMs,
    idleLifetimeMs: options.idleLifetimeMs,
  })
  const rotateBatched = database.batchWrites((query, tokens: readonly PresentedToken[]) =>
    rotateUnlockedTokens(query, tokens, times()),
  )
  const rotate = async (presented: PresentedToken) =>
    (await rotateBatched(presented)) ?? rotateRefreshToken(database.query, presented, times())

  return async (
    token: string,
    attempt: string | null,
    request: RequestInfo,
  ): Promise<RefreshOutcome> => {
    const arrivedMs = clock.monotonicMs()
    const parts = codec.decode(token)
    if (!parts) return { kind: 'invalid-refresh-token' } // a forgery causes no query

    const presented: PresentedToken = {
      sessionId: parts.sessionId,
      seedHash: hashSeed(parts.seed),
      generation: parts.generation,
      attemptHash: attempt === null ? null : hashRefreshAttempt(attempt),
    }
    const rotated = await rotate(presented)
    if (rotated) return refreshedOutcome(parts, rotated)

    const state = await readRefreshTokenState(database.query, presented, clock.databaseOffsetMs)
    const elapsedMs = clock.monotonicMs() - arrivedMs
    if (!state) return { kind: 'invalid-refresh-token' }
    if (state.ended) return { kind: 'session-ended' }
    if (state.expiresAt <= state.now || state.endsAt <= state.now) {
      return { kind: 'refresh-token-expired' }
    }

    const isPrevious = state.generation === parts.generation + 1
    if (isPrevious && state.knowsAttempt) return refreshedOutcome(parts, state)
    if (wasReplacedWithinGrace(parts, state, elapsedMs)) {
      if (isPrevious && attempt !== null) await addRefreshAttempt(database.query, presented)
      return refreshedOutcome(parts, state)
    }
    // The token became live after the rotation was refused: a failover, or the account was enabled. This is no theft.
    if (state.generation <= parts.generation) throw new ServiceBusy(1)

    await database.transaction(async (tx) => {
      const ending = { now: clock.now(), reason: 'REFRESH_TOKEN_REUSED' as const }
      const ended = await endSession(tx, parts.sessionId, ending)
      if (!ended) return
      const event = { targetId: ended.userId, sessionId: ended.id, success: false }
      await audit.record(tx, { type: 'REFRESH_TOKEN_REUSED', ...event }, request)
    })
    return { kind: 'refresh-token-reused' }
  }

  function refreshedOutcome(parts: RefreshTokenParts, session: RotatedToken) {
    const refreshToken = codec.encode({ ...parts, generation: session.generation })
    return { kind: 'refreshed' as const, session, refreshToken }
  }

  /**
   * Each token has its own grace interval, which starts when the token is replaced. If it started at the last rotation,
   * a thief could rotate every few seconds and keep it open forever, undetected. The arrival time of the request
   * counts, so a later stall does not matter.
   */
  function wasReplacedWithinGrace(
    parts: RefreshTokenParts,
    state: RefreshTokenState,
    elapsedMs: number,
  ) {
    const replacedAt = state.rotations[state.generation - parts.generation - 1]
    const arrivedAtMs = state.now.getTime() - elapsedMs
    // A request that arrived before the rotation is within any interval. But without a grace interval, it is not
    // accepted.
    return (
      !!replacedAt && options.graceMs > 0 && arrivedAtMs - replacedAt.getTime() < options.graceMs
    )
  }
}
