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

// The minimum remaining lifetime of a token for a request, in milliseconds.
const minRemainingMs = 5_000

// If a replacement token is refused within this time (in milliseconds), it cannot be old: a clock is wrong.
const minReplacementAgeMs = 30_000

/**
 * The session of the user on this device: stores the tokens, refreshes them once for all callers and tabs, and
 * reports the end of the session. It does nothing before the first call. So a server may create one for each request.
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
  /** The access token that replaced a refused one. */
  let replacement = { token: '', since: 0 }

  async function load() {
    const { tokens, leaving } = await store.read()
    if (leaving.length > 0) void sync.reportSignOuts(leaving)
    const hasSignedOut = leaving.includes(null)
    const known = tokens ?? (hasSignedOut ? null : await sync.ask())
    if (!holder.isUnresolved()) return
    if (known) setTokens(known)
    else if (transport === 'BODY' || hasSignedOut) setTokens(null)
    else await renew(null) // only the service knows whether there is a cookie
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
        throw new TypeError(
          'The result has no refresh token. If it is in a cookie, set the transport to COOKIE.',
        )
      }
      if (previous && previous.sessionId !== next.sessionId) sync.markEnded(previous.sessionId)
      sync.markActive(next.sessionId)
      presenceProofs.save(next.sessionId, result)
      setTokens(next)
      await sync.runExclusively(async () => {
        const current = tokens()
        if (current?.sessionId !== next.sessionId) return
        const refreshToken = result.refreshToken ?? current.refreshToken
        // `reauthenticate` keeps the refresh token. A refresh with it may still wait for its answer.
        await sync.share({ ...next, refreshToken }, () => previous?.sessionId === next.sessionId)
      })
      return true
    },

    async signOut() {
      await ready()
      const ended = tokens()
      presenceProofs.clear()
      if (!ended && holder.state().status === 'signed-out') return true // `unreachable`: a cookie may exist
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
      // An operation of one user must not run as another user.
      const isSameUser = ({ userId }: Tokens) => refused === null || userIdOf(refused) === userId
      if (held.accessToken !== refused) return isSameUser(held) ? held.accessToken : null
      // The client sent the token, but it did not arrive: a gateway does not forward the header.
      if (reason === 'TOKEN_MISSING') return null
      // The service refused a fresh token. It would also refuse the next one.
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

/** Some storages allow only letters, digits, dots and dashes. */
const storageKeyOf = (name: string, url: string) => `${name}.${url.replace(/[^\w.-]+/g, '-')}`
