import { createAttempts } from './attempts.js'
import { createHolder } from './holder.js'
import { createWhenOnline } from './online.js'
import { createPresence } from './presence.js'
import { createRenewal } from './renewal.js'
import { createService } from './service.js'
import type { Session, SessionOptions } from './session.types.js'
import { createSharing } from './sharing.js'
import { createTokenStore } from './store.js'
import { isAuthTokens, tokensFrom, userIdOf, type Tokens } from './tokens.js'

// Milliseconds. What is left of a token's life must do for the request that it goes with.
const leastLeft = 5_000

// A token that came in the place of a refused one is not old after so many milliseconds: a clock is wrong somewhere.
const leastOld = 30_000

/**
 * Who is signed in on this device: keeps the tokens, refreshes them once for all who ask, in all tabs, and says when
 * that is over. Does nothing until it is asked, so that a server may make one for each request.
 */
export function createSession(options: SessionOptions): Session {
  const { url, transport = 'BODY', storage = null, name = 'latchkey', now = Date.now } = options
  const request = options.fetch ?? ((input, init) => fetch(input, init))
  const service = createService({ url, transport, fetch: request, headers: options.headers ?? {} })
  const store = createTokenStore(storage, keyOf(name, url))
  const holder = createHolder()
  const { tokens, hold } = holder
  const presence = createPresence()
  const sharing = createSharing({ name: `${name} ${url}`, transport, holder, store, service })
  const attempts = createAttempts(store)
  const renew = createRenewal({ holder, store, sharing, service, attempts, now })

  const whenOnline = createWhenOnline(() => void ready())

  let loading: Promise<void> | null = null
  /** The access token that came in the place of a refused one. */
  let replacement = { token: '', since: 0 }

  async function load() {
    const { tokens: kept, leaving } = await store.read()
    if (leaving.length > 0) void sharing.tellOfSignOuts(leaving)
    const hasLeft = leaving.includes(null)
    const known = kept ?? (hasLeft ? null : await sharing.ask())
    if (!holder.isOpen()) return
    if (known) hold(known)
    else if (transport === 'BODY' || hasLeft) hold(null)
    else await renew(null) // only the service can tell whether there is a cookie
    if (holder.isOpen()) holder.setUnreachable()
  }

  async function ready() {
    loading ??= load()
    await loading
    if (holder.isOpen()) {
      loading = null
      whenOnline()
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
      const before = tokens()
      const next = tokensFrom(result, now(), before)
      if (transport === 'BODY' && next.refreshToken === null) {
        throw new TypeError('No refresh token: is it in a cookie? Then the transport is COOKIE.')
      }
      if (before && before.sessionId !== next.sessionId) sharing.leave(before.sessionId)
      sharing.enter(next.sessionId)
      presence.keep(next.sessionId, result)
      hold(next)
      await sharing.exclusively(async () => {
        const current = tokens()
        if (current?.sessionId !== next.sessionId) return
        const refreshToken = result.refreshToken ?? current.refreshToken
        // `reauthenticate` leaves the refresh token as it is, and a refresh of it may be without an answer.
        await sharing.share({ ...next, refreshToken }, () => before?.sessionId === next.sessionId)
      })
      return true
    },

    async signOut() {
      await ready()
      const ended = tokens()
      presence.forget()
      if (!ended && holder.state().status === 'signed-out') return true // `unreachable`: there may be a cookie
      if (ended) sharing.leave(ended.sessionId)
      const leaving = [ended?.refreshToken ?? null]
      await sharing.forget(ended, 'SIGNED_OUT', leaving)
      return sharing.tellOfSignOuts(leaving)
    },

    async accessToken() {
      await ready()
      const held = tokens()
      if (!held) return null
      if (held.expiresAt - leastLeft <= now()) {
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
      const isTheirs = ({ userId }: Tokens) => refused === null || userIdOf(refused) === userId
      if (held.accessToken !== refused) return isTheirs(held) ? held.accessToken : null
      // It was sent and did not arrive: a gateway does not pass the header on.
      if (reason === 'TOKEN_MISSING') return null
      // Fresh from the service and refused all the same: so would be the next.
      const isOld = reason === 'TOKEN_EXPIRED' && Math.abs(now() - replacement.since) > leastOld
      const isMended = reason === 'SESSION_ENDED' || isOld
      if (refused === replacement.token && !isMended) return null
      const next = await renew(held)
      if (!next || next.accessToken === refused || !isTheirs(next)) return null
      replacement = { token: next.accessToken, since: now() }
      return next.accessToken
    },

    presenceProof: () => presence.of(tokens()?.sessionId ?? null),

    close: sharing.close,
  }
}

/** Some storages take letters, digits, dots and dashes only. */
const keyOf = (name: string, url: string) => `${name}.${url.replace(/[^\w.-]+/g, '-')}`
