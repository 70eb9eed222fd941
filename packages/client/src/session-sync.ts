import type { PendingAttempt } from './pending-attempt.js'
import type { TokenHolder } from './token-holder.js'
import type { Service } from './service.js'
import type { PersistedState, TokenStore } from './store.js'
import type { SessionUpdate } from './tab-messages.js'
import { connectTabs } from './tabs.js'
import type { Tokens } from './tokens.js'

export interface SessionSyncDeps {
  /** The name of the session, unique in this origin. */
  readonly name: string
  readonly transport: 'BODY' | 'COOKIE'
  readonly holder: TokenHolder
  readonly store: TokenStore
  readonly service: Service
}

export type SessionSync = ReturnType<typeof createSessionSync>

/** The state that a session shares with other tabs and with the next visit. */
export function createSessionSync({ name, transport, holder, store, service }: SessionSyncDeps) {
  const { tokens, setTokens } = holder
  const tabs = connectTabs(name, { getTokens: tokens, onUpdate })
  /** Sessions that ended here or in another tab. They cannot become active again. */
  const endedSessions = new Set<string>()

  function onUpdate(update: SessionUpdate) {
    if (update.kind === 'tokens') {
      // Tokens of an ended session come from a refresh that was in progress in another tab.
      if (!endedSessions.has(update.tokens.sessionId)) setTokens(update.tokens)
      return
    }
    endedSessions.add(update.sessionId)
    if (update.sessionId === tokens()?.sessionId) setTokens(null, update.reason)
  }

  return {
    ...tabs,

    /**
     * Stores the tokens here and in the other tabs. `isPending`: whether a stored attempt still waits for its answer.
     */
    async share(next: Tokens, isPending: (attempt: PendingAttempt) => boolean) {
      setTokens(next)
      await store.update(({ leaving, attempt }) => ({
        tokens: transport === 'BODY' ? next : null,
        leaving: leaving.filter((token) => token !== null), // a new cookie has replaced the old one
        attempt: attempt && isPending(attempt) ? attempt : null,
      }))
      tabs.broadcast({ kind: 'tokens', tokens: next })
      return next
    },

    /** Removes the tokens here and in the other tabs. */
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

    /** From now on, results of refreshes of this session are ignored. */
    markEnded: (sessionId: string) => void endedSessions.add(sessionId),
    markActive: (sessionId: string) => void endedSessions.delete(sessionId),

    /** Whether the service confirmed all these sign-outs. The next start reports the others again. */
    reportSignOuts: (leaving: PersistedState['leaving']) =>
      tabs.runExclusively(async () => {
        const reported = new Set<string | null>()
        for (const token of leaving) {
          // The cookie now belongs to a newer sign-in.
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
