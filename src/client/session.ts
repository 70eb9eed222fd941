import { createHolder } from './holder.js'
import { createService } from './service.js'
import { ServiceUnavailable, type Session, type SessionOptions } from './session.types.js'
import { createTokenStore } from './store.js'
import type { News } from './tab-messages.js'
import { joinTabs } from './tabs.js'
import { isAuthTokens, tokensFrom, type Tokens } from './tokens.js'

// Milliseconds. What is left of a token's life must do for the request that it goes with.
const leastLeft = 5_000

/** The reasons that say for certain what a refresh mends. */
const certain = new Set(['TOKEN_EXPIRED', 'SESSION_ENDED'])

/**
 * Who is signed in on this device: keeps the tokens, refreshes them once for all who ask, in all tabs, and says when
 * that is over. Does nothing until it is asked, so that a server may make one for each request.
 */
export function createSession(options: SessionOptions): Session {
  const { url, transport = 'BODY', storage = null, name = 'latchkey', now = Date.now } = options
  const request = options.fetch ?? ((input, init) => fetch(input, init))
  const service = createService({ url, transport, fetch: request, headers: options.headers ?? {} })
  const store = createTokenStore(storage, name)
  const holder = createHolder()
  const { tokens, hold } = holder
  const tabs = joinTabs(`${name} ${url}`, { held: tokens, heard })
  const left = new Set<string>()

  let loading: Promise<void> | null = null
  let renewing: Promise<Tokens | null> | null = null
  /** The service asked to be left alone until then. */
  let notBefore = 0
  /** The access token that came in the place of a refused one. */
  let replacement: string | null = null

  function heard(news: News) {
    if (news.kind === 'ended' && news.sessionId === tokens()?.sessionId) hold(null, news.reason)
    // A refresh that was under way in another tab when this one signed out.
    if (news.kind === 'tokens' && !left.has(news.tokens.sessionId)) hold(news.tokens)
  }

  /** Has the next visit and the other tabs hold them too. */
  async function share(next: Tokens) {
    hold(next)
    await store.write(transport === 'BODY' ? { tokens: next } : {})
    tabs.tell({ kind: 'tokens', tokens: next })
    return next
  }

  async function load() {
    const kept = await store.read()
    if (kept.leaving !== undefined) {
      hold(null)
      void leave(kept.leaving)
      return
    }
    const known = kept.tokens ?? (await tabs.ask())
    if (holder.state().status !== 'loading') return
    if (known) hold(known)
    else if (transport === 'BODY') hold(null)
    else await renew(null) // only the service can tell whether there is a cookie
  }

  async function ready() {
    loading ??= load()
    await loading
    if (holder.state().status === 'loading') {
      // The service was not reached: whoever asks next tries again.
      loading = null
    }
    return holder.state()
  }

  /** At most one refresh at a time, whoever asks; gives what is held afterwards. */
  function renew(stale: Tokens | null): Promise<Tokens | null> {
    if (now() < notBefore) return Promise.resolve(tokens())
    renewing ??= tabs
      .exclusively(() => exchange(stale))
      .finally(() => {
        renewing = null
      })
    return renewing
  }

  async function exchange(stale: Tokens | null): Promise<Tokens | null> {
    const { tokens: kept } = await store.read()
    // Another tab, or a sign-in, was first.
    if (tokens()?.accessToken !== stale?.accessToken) return tokens()
    if (kept && kept.accessToken !== stale?.accessToken && isGood(kept)) {
      hold(kept)
      return kept
    }
    const answer = await service.refresh(kept?.refreshToken ?? stale?.refreshToken ?? null)
    if (tokens()?.accessToken !== stale?.accessToken) return tokens()
    switch (answer.kind) {
      case 'renewed':
        return share(tokensFrom(answer.payload, now(), stale))
      case 'refused':
        await forget(stale, answer.code)
        return null
      case 'unavailable':
        notBefore = now() + answer.retryAfter
        tabs.giveUp()
        return tokens()
    }
  }

  async function forget(ended: Tokens | null, reason: string) {
    hold(null, reason)
    await store.write({})
    if (ended) tabs.tell({ kind: 'ended', sessionId: ended.sessionId, reason })
    else tabs.giveUp()
  }

  /** Remembers the sign-out until the service has heard of it. */
  const leave = (refreshToken: string | null) =>
    tabs.exclusively(async () => {
      await store.write({ leaving: refreshToken })
      const told = await service.logout(refreshToken)
      if (told) await store.write({})
      tabs.giveUp()
      return told
    })

  const isGood = ({ expiresAt }: Tokens) => expiresAt - leastLeft > now()

  return {
    state: holder.state,
    subscribe: holder.subscribe,
    ready,

    async signIn(result) {
      if (!isAuthTokens(result)) return false
      const next = tokensFrom(result, now(), tokens())
      hold(next)
      await tabs.exclusively(async () => {
        if (tokens() === next) await share(next)
      })
      return true
    },

    async signOut() {
      await ready()
      const ended = tokens()
      if (!ended) return
      left.add(ended.sessionId)
      await forget(ended, 'SIGNED_OUT')
      if (!(await leave(ended.refreshToken))) throw new ServiceUnavailable()
    },

    async accessToken() {
      await ready()
      const held = tokens()
      if (!held) return null
      if (!isGood(held)) return (await renew(held))?.accessToken ?? null
      if (held.renewAt <= now()) void renew(held)
      return held.accessToken
    },

    async recover(refused, reason = null) {
      await ready()
      const held = tokens()
      if (!held) return null
      if (held.accessToken !== refused) return held.accessToken
      // It was sent and did not arrive: a gateway does not pass the header on.
      if (reason === 'TOKEN_MISSING') return null
      // Fresh from the service and refused all the same: so would be the next.
      if (refused === replacement && !certain.has(reason ?? '')) return null
      const next = (await renew(held))?.accessToken ?? null
      if (next === refused) return null
      replacement = next
      return next
    },

    close: tabs.leave,
  }
}
