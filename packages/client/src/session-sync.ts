import type { PendingAttempt } from './pending-attempt.js'
import type { TokenHolder } from './token-holder.js'
import type { Service } from './service.js'
import type { PersistedState, TokenStore } from './store.js'
import type { SessionUpdate } from './tab-messages.js'
import { connectTabs } from './tabs.js'
import type { Tokens } from './tokens.js'

export interface SessionSyncDeps {
  /** Which session it is, among those of this origin. */
  readonly name: string
  readonly transport: 'BODY' | 'COOKIE'
  readonly holder: TokenHolder
  readonly store: TokenStore
  readonly service: Service
}

export type SessionSync = ReturnType<typeof createSessionSync>

/** What a session has in common with the other tabs and with the next visit. */
export function createSessionSync({ name, transport, holder, store, service }: SessionSyncDeps) {
  const { tokens, setTokens } = holder
  const tabs = connectTabs(name, { getTokens: tokens, onUpdate })
  /** Sessions that ended here or in another tab: nobody is signed in by them again. */
  const endedSessions = new Set<string>()

  function onUpdate(update: SessionUpdate) {
    if (update.kind === 'tokens') {
      // Those of a session that is left come from a refresh that was under way in another tab.
      if (!endedSessions.has(update.tokens.sessionId)) setTokens(update.tokens)
      return
    }
    endedSessions.add(update.sessionId)
    if (update.sessionId === tokens()?.sessionId) setTokens(null, update.reason)
  }

  return {
    ...tabs,

    /** Holds them, here and there. `isPending`: whether a stored attempt still waits for its answer. */
    async share(next: Tokens, isPending: (attempt: PendingAttempt) => boolean) {
      setTokens(next)
      await store.update(({ leaving, attempt }) => ({
        tokens: transport === 'BODY' ? next : null,
        leaving: leaving.filter((token) => token !== null), // there is another cookie now
        attempt: attempt && isPending(attempt) ? attempt : null,
      }))
      tabs.broadcast({ kind: 'tokens', tokens: next })
      return next
    },

    /** Holds none any more, here and there. */
    async clearTokens(
      ended: Tokens | null,
      reason: string,
      signedOut: PersistedState['leaving'] = [],
    ) {
      setTokens(null, reason)
      await store.update(({ leaving }) => ({
        tokens: null,
        leaving: [...leaving, ...signedOut],
        attempt: null,
      }))
      if (ended) tabs.broadcast({ kind: 'ended', sessionId: ended.sessionId, reason })
      else tabs.broadcastNothing()
    },

    /** What comes of a refresh of this session from now on is too late. */
    markEnded: (sessionId: string) => void endedSessions.add(sessionId),
    markActive: (sessionId: string) => void endedSessions.delete(sessionId),

    /** Whether the service has heard of all of these sign-outs; it is told again of the others at the next start. */
    reportSignOuts: (leaving: PersistedState['leaving']) =>
      tabs.runExclusively(async () => {
        const reported = new Set<string | null>()
        for (const token of leaving) {
          // By now the cookie is that of somebody who signed in.
          const isReplaced = token === null && tokens() !== null
          if (isReplaced || (await service.logout(token))) reported.add(token)
        }
        await store.update((persisted) => ({
          ...persisted,
          tokens:
            persisted.tokens && endedSessions.has(persisted.tokens.sessionId)
              ? null
              : persisted.tokens,
          leaving: persisted.leaving.filter((token) => !reported.has(token)),
        }))
        tabs.broadcastNothing()
        return leaving.every((token) => reported.has(token))
      }),
  }
}
