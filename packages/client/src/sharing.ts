import type { PendingAttempt } from './pending-attempt.js'
import type { Holder } from './holder.js'
import type { Service } from './service.js'
import type { Kept, TokenStore } from './store.js'
import type { News } from './tab-messages.js'
import { joinTabs } from './tabs.js'
import type { Tokens } from './tokens.js'

export interface SharingNeeds {
  /** Which session it is, among those of this origin. */
  readonly name: string
  readonly transport: 'BODY' | 'COOKIE'
  readonly holder: Holder
  readonly store: TokenStore
  readonly service: Service
}

export type Sharing = ReturnType<typeof createSharing>

/** What a session has in common with the other tabs and with the next visit. */
export function createSharing({ name, transport, holder, store, service }: SharingNeeds) {
  const { tokens, hold } = holder
  const tabs = joinTabs(name, { held: tokens, heard })
  /** Sessions that ended here or in another tab: nobody is signed in by them again. */
  const left = new Set<string>()

  function heard(news: News) {
    if (news.kind === 'tokens') {
      // Those of a session that is left come from a refresh that was under way in another tab.
      if (!left.has(news.tokens.sessionId)) hold(news.tokens)
      return
    }
    left.add(news.sessionId)
    if (news.sessionId === tokens()?.sessionId) hold(null, news.reason)
  }

  return {
    ...tabs,

    /** Holds them, here and there. `isPending`: whether a stored attempt still waits for its answer. */
    async share(next: Tokens, isPending: (attempt: PendingAttempt) => boolean) {
      hold(next)
      await store.update(({ leaving, attempt }) => ({
        tokens: transport === 'BODY' ? next : null,
        leaving: leaving.filter((token) => token !== null), // there is another cookie now
        attempt: attempt && isPending(attempt) ? attempt : null,
      }))
      tabs.tell({ kind: 'tokens', tokens: next })
      return next
    },

    /** Holds none any more, here and there. */
    async forget(ended: Tokens | null, reason: string, signedOut: Kept['leaving'] = []) {
      hold(null, reason)
      await store.update(({ leaving }) => ({
        tokens: null,
        leaving: [...leaving, ...signedOut],
        attempt: null,
      }))
      if (ended) tabs.tell({ kind: 'ended', sessionId: ended.sessionId, reason })
      else tabs.giveUp()
    },

    /** What comes of a refresh of this session from now on is too late. */
    leave: (sessionId: string) => void left.add(sessionId),
    enter: (sessionId: string) => void left.delete(sessionId),

    /** Whether the service has heard of all of these sign-outs; it is told again of the others at the next start. */
    tellOfSignOuts: (leaving: Kept['leaving']) =>
      tabs.exclusively(async () => {
        const told = new Set<string | null>()
        for (const token of leaving) {
          // By now the cookie is that of somebody who signed in.
          const isReplaced = token === null && tokens() !== null
          if (isReplaced || (await service.logout(token))) told.add(token)
        }
        await store.update((kept) => ({
          ...kept,
          tokens: kept.tokens && left.has(kept.tokens.sessionId) ? null : kept.tokens,
          leaving: kept.leaving.filter((token) => !told.has(token)),
        }))
        tabs.giveUp()
        return leaving.every((token) => told.has(token))
      }),
  }
}
