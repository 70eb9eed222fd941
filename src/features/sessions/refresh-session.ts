import { after } from '../../platform/clock.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { hashSeed, type RefreshTokenParts } from './refresh-token.js'
import {
  readRefreshTokenState,
  rotateFreeTokens,
  rotateRefreshToken,
  type RefreshTokenState,
  type Rotation,
} from './refresh-token.store.js'
import { endSession } from './session.store.js'
import type { SessionOptions } from './session-options.js'
import type { IssuedSession, SessionNeeds } from './sessions.js'

export type RefreshOutcome =
  | ({ kind: 'refreshed' } & IssuedSession)
  | { kind: 'invalid-refresh-token' }
  | { kind: 'refresh-token-expired' }
  | { kind: 'refresh-token-reused' }
  | { kind: 'session-ended' }

export type RefreshSession = ReturnType<typeof createRefreshSession>

/**
 * Rotates a refresh token (RFC 9700 §4.14.2). Racing tabs and lost responses get the same successor
 * for as long as the grace interval lasts, so that no honest client is signed out and no second family
 * of tokens can fork; a token that was replaced earlier than that has been stolen, from whichever of
 * the two who hold it, and its session ends.
 */
export function createRefreshSession(
  options: SessionOptions,
  { database, clock, codec, audit }: Omit<SessionNeeds, 'random'>,
) {
  const rotateTogether = database.batch((all: readonly Rotation[]) =>
    rotateFreeTokens(database.ask, all),
  )
  const rotate = async (rotation: Rotation) =>
    (await rotateTogether(rotation)) ?? rotateRefreshToken(database.ask, rotation)

  return async (token: string, request: RequestInfo): Promise<RefreshOutcome> => {
    const parts = codec.decode(token)
    if (!parts) return { kind: 'invalid-refresh-token' } // a forgery touches nothing

    const now = clock.now()
    const seedHash = hashSeed(parts.seed)
    const session = await rotate({
      sessionId: parts.sessionId,
      seedHash,
      generation: parts.generation,
      now,
      graceFrom: after(now, -options.grace),
      idleExpiry: after(now, options.idleLifetime),
    })
    if (session) return issued(parts, session, parts.generation + 1)

    const state = await readRefreshTokenState(database.ask, parts.sessionId, seedHash)
    if (!state) return { kind: 'invalid-refresh-token' }
    if (state.ended) return { kind: 'session-ended' }
    if (state.expiresAt <= now || state.endsAt <= now) return { kind: 'refresh-token-expired' }
    if (wasReplacedWithinGrace(parts, state, now)) return issued(parts, state, state.generation)

    await database.transaction(async (tx) => {
      const ending = { now, reason: 'REFRESH_TOKEN_REUSED' as const }
      const ended = await endSession(tx, parts.sessionId, ending)
      if (!ended) return
      const event = { targetId: ended.userId, sessionId: ended.id, success: false }
      await audit.record(tx, { type: 'REFRESH_TOKEN_REUSED', ...event }, request)
    })
    return { kind: 'refresh-token-reused' }
  }

  function issued(parts: RefreshTokenParts, session: IssuedSession['session'], generation: number) {
    const refreshToken = codec.encode({ ...parts, generation })
    return { kind: 'refreshed' as const, session, refreshToken }
  }

  /**
   * Each token has a grace interval of its own, from the moment at which it was replaced. Counting from
   * the last rotation instead would let a thief who rotates every few seconds keep the interval open
   * for ever and never be found out.
   */
  function wasReplacedWithinGrace(parts: RefreshTokenParts, state: RefreshTokenState, now: Date) {
    const replacedAt = state.rotations[state.generation - parts.generation - 1]
    // Racers on other replicas may have read an earlier "now": without a grace there is none for them either.
    return !!replacedAt && options.grace > 0 && now.getTime() - replacedAt.getTime() < options.grace
  }
}
