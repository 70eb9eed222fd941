import { createHolder } from './holder.js'
import { createService } from './service.js'
import { ServiceUnavailable, type Session, type SessionOptions } from './session.types.js'
import { createTokenStore, type Kept } from './store.js'
import type { News } from './tab-messages.js'
import { joinTabs } from './tabs.js'
import { isAuthTokens, tokensFrom, userIdOf, type Tokens } from './tokens.js'

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
  /** Sessions that ended here or in another tab: nobody is signed in by them again. */
  const left = new Set<string>()

  let loading: Promise<void> | null = null
  let renewing: Promise<Tokens | null> | null = null
  /** The service asked to be left alone until then. */
  let notBefore = 0
  /** The access token that came in the place of a refused one. */
  let replacement: string | null = null

  function heard(news: News) {
    if (news.kind === 'tokens') {
      // Those of a session that is left come from a refresh that was under way in another tab.
      if (!left.has(news.tokens.sessionId)) hold(news.tokens)
      return
    }
    left.add(news.sessionId)
    if (news.sessionId === tokens()?.sessionId) hold(null, news.reason)
  }

  /** Has the next visit and the other tabs hold them too. */
  async function share(next: Tokens) {
    hold(next)
    await store.update(({ leaving }) => ({
      tokens: transport === 'BODY' ? next : null,
      leaving: leaving.filter((token) => token !== null), // there is another cookie now
    }))
    tabs.tell({ kind: 'tokens', tokens: next })
    return next
  }

  async function load() {
    const { tokens: kept, leaving } = await store.read()
    if (leaving.length > 0) void tellOfSignOuts(leaving)
    const hasLeft = leaving.includes(null)
    const known = kept ?? (hasLeft ? null : await tabs.ask())
    if (holder.state().status !== 'loading') return
    if (known) hold(known)
    else if (transport === 'BODY' || hasLeft) hold(null)
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
    const next = answer.kind === 'renewed' ? tokensFrom(answer.payload, now(), stale) : null
    const current = tokens()
    if (current?.accessToken !== stale?.accessToken) {
      // Presence was proved again meanwhile, by an access token that goes with the refresh token before this one.
      if (!current || current.sessionId !== next?.sessionId) return current
      return share({ ...current, refreshToken: next.refreshToken })
    }
    if (next) return share(next)
    if (answer.kind === 'refused') {
      await forget(stale, answer.code)
      return null
    }
    if (answer.kind === 'unavailable') notBefore = now() + answer.retryAfter
    tabs.giveUp()
    return current
  }

  async function forget(ended: Tokens | null, reason: string, signedOut: Kept['leaving'] = []) {
    hold(null, reason)
    await store.update(({ leaving }) => ({ tokens: null, leaving: [...leaving, ...signedOut] }))
    if (ended) tabs.tell({ kind: 'ended', sessionId: ended.sessionId, reason })
    else tabs.giveUp()
  }

  /** Whether the service has heard of all of them; the others are told again at the next start. */
  const tellOfSignOuts = (leaving: Kept['leaving']) =>
    tabs.exclusively(async () => {
      const told = new Set<string | null>()
      for (const token of leaving) {
        // By now the cookie is that of somebody who signed in.
        const isReplaced = token === null && tokens() !== null
        if (isReplaced || (await service.logout(token))) told.add(token)
      }
      await store.update((kept) => ({
        tokens: kept.tokens && left.has(kept.tokens.sessionId) ? null : kept.tokens,
        leaving: kept.leaving.filter((token) => !told.has(token)),
      }))
      tabs.giveUp()
      return leaving.every((token) => told.has(token))
    })

  const isGood = ({ expiresAt }: Tokens) => expiresAt - leastLeft > now()

  return {
    state: holder.state,
    subscribe: holder.subscribe,
    ready,

    async signIn(result) {
      if (!isAuthTokens(result)) return false
      const before = tokens()
      const next = tokensFrom(result, now(), before)
      if (before && before.sessionId !== next.sessionId) left.add(before.sessionId)
      left.delete(next.sessionId)
      hold(next)
      await tabs.exclusively(async () => {
        const current = tokens()
        if (current?.sessionId !== next.sessionId) return
        await share({ ...next, refreshToken: result.refreshToken ?? current.refreshToken })
      })
      return true
    },

    async signOut() {
      await ready()
      const ended = tokens()
      // In `loading` there may be a cookie.
      if (!ended && holder.state().status === 'signed-out') return
      if (ended) left.add(ended.sessionId)
      const leaving = [ended?.refreshToken ?? null]
      await forget(ended, 'SIGNED_OUT', leaving)
      if (!(await tellOfSignOuts(leaving))) throw new ServiceUnavailable()
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
      // What was begun as one user is not done as another.
      const isTheirs = ({ userId }: Tokens) => refused === null || userIdOf(refused) === userId
      if (held.accessToken !== refused) return isTheirs(held) ? held.accessToken : null
      // It was sent and did not arrive: a gateway does not pass the header on.
      if (reason === 'TOKEN_MISSING') return null
      // Fresh from the service and refused all the same: so would be the next.
      if (refused === replacement && !certain.has(reason ?? '')) return null
      const next = await renew(held)
      if (!next || next.accessToken === refused || !isTheirs(next)) return null
      replacement = next.accessToken
      return replacement
    },

    close: tabs.leave,
  }
}
