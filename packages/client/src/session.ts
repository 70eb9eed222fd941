import { createAttempts } from './attempts.js'
import { createTokenHolder } from './token-holder.js'
import { createRunWhenOnline } from './online.js'
import { createPresenceProofs } from './presence-proofs.js'
import { createRenewal } from './renewal.js'
import { createService } from './service.js'
import type { Session, SessionOptions } from './session.types.js'
import { createSessionSync } from './session-sync.js'
import { createTokenStore } from './store.js'
import { isAuthTokens, tokensFrom, userIdOf, type Tokens } from './tokens.js'

// Milliseconds. What is left of a token's life must do for the request that it goes with.
const minRemainingMs = 5_000

// A token that came in the place of a refused one is not old after so many milliseconds: a clock is wrong somewhere.
const minReplacementAgeMs = 30_000

/**
 * Who is signed in on this device: keeps the tokens, refreshes them once for all who ask, in all tabs, and says when
 * that is over. Does nothing until it is asked, so that a server may make one for each request.
 */
export function createSession(options: SessionOptions): Session {
  const { url, transport = 'BODY', storage = null, name = 'latchkey', now = Date.now } = options
  const request = options.fetch ?? ((input, init) => fetch(input, init))
  const service = createService({ url, transport, fetch: request, headers: options.headers ?? {} })
  const store = createTokenStore(storage, storageKeyOf(name, url))
  const holder = createTokenHolder()
  const { tokens, setTokens } = holder
  const presenceProofs = createPresenceProofs()
  const sync = createSessionSync({ name: `${name} ${url}`, transport, holder, store, service })
  const attempts = createAttempts(store)
  const renew = createRenewal({ holder, store, sync, service, attempts, now })

  const retryWhenOnline = createRunWhenOnline(() => void ready())

  let loading: Promise<void> | null = null
  /** The access token that came in the place of a refused one. */
  let replacement = { token: '', since: 0 }

  async function load() {
    const { tokens, leaving } = await store.read()
    if (leaving.length > 0) void sync.reportSignOuts(leaving)
    const hasSignedOut = leaving.includes(null)
    const known = tokens ?? (hasSignedOut ? null : await sync.ask())
    if (!holder.isUnresolved()) return
    if (known) setTokens(known)
    else if (transport === 'BODY' || hasSignedOut) setTokens(null)
    else await renew(null) // only the service can tell whether there is a cookie
    if (holder.isUnresolved()) holder.setUnreachable()
  }

  async function ready() {
    loading ??= load()
    await loading
    if (holder.isUnresolved()) {
      loading = null
      retryWhenOnline()
    }
    return holder.state()
  }

  return {
    url,
    state: holder.state,
    subscribe: holder.subscribe,
    ready,

    async signIn(result) {
      if (!isAuthTokens(result)) return false
      const previous = tokens()
      const next = tokensFrom(result, now(), previous)
      if (transport === 'BODY' && next.refreshToken === null) {
        throw new TypeError('No refresh token: is it in a cookie? Then the transport is COOKIE.')
      }
      if (previous && previous.sessionId !== next.sessionId) sync.markEnded(previous.sessionId)
      sync.markActive(next.sessionId)
      presenceProofs.save(next.sessionId, result)
      setTokens(next)
      await sync.runExclusively(async () => {
        const current = tokens()
        if (current?.sessionId !== next.sessionId) return
        const refreshToken = result.refreshToken ?? current.refreshToken
        // `reauthenticate` leaves the refresh token as it is, and a refresh of it may be without an answer.
        await sync.share({ ...next, refreshToken }, () => previous?.sessionId === next.sessionId)
      })
      return true
    },

    async signOut() {
      await ready()
      const ended = tokens()
      presenceProofs.clear()
      if (!ended && holder.state().status === 'signed-out') return true // `unreachable`: there may be a cookie
      if (ended) sync.markEnded(ended.sessionId)
      const leaving = [ended?.refreshToken ?? null]
      await sync.clearTokens(ended, 'SIGNED_OUT', leaving)
      return sync.reportSignOuts(leaving)
    },

    async accessToken() {
      await ready()
      const held = tokens()
      if (!held) return null
      if (held.expiresAt - minRemainingMs <= now()) {
        const next = await renew(held)
        return next?.userId === held.userId ? next.accessToken : null
      }
      if (held.renewAt <= now()) void renew(held)
      return held.accessToken
    },

    async recover(refused, reason = null) {
      await ready()
      const held = tokens()
      if (!held) return null
      // What was begun as one user is not done as another.
      const isSameUser = ({ userId }: Tokens) => refused === null || userIdOf(refused) === userId
      if (held.accessToken !== refused) return isSameUser(held) ? held.accessToken : null
      // It was sent and did not arrive: a gateway does not pass the header on.
      if (reason === 'TOKEN_MISSING') return null
      // Fresh from the service and refused all the same: so would be the next.
      const isReplacementOld =
        reason === 'TOKEN_EXPIRED' && Math.abs(now() - replacement.since) > minReplacementAgeMs
      const canRetry = reason === 'SESSION_ENDED' || isReplacementOld
      if (refused === replacement.token && !canRetry) return null
      const next = await renew(held)
      if (!next || next.accessToken === refused || !isSameUser(next)) return null
      replacement = { token: next.accessToken, since: now() }
      return next.accessToken
    },

    presenceProof: () => presenceProofs.find(tokens()?.sessionId ?? null),

    close: sync.close,
  }
}

/** Some storages take letters, digits, dots and dashes only. */
const storageKeyOf = (name: string, url: string) => `${name}.${url.replace(/[^\w.-]+/g, '-')}`
