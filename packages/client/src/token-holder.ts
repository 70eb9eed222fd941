import type { SessionState } from './session.types.js'
import type { Tokens } from './tokens.js'

export type TokenHolder = ReturnType<typeof createTokenHolder>

/** The tokens that are held now, and what the application is told of them. */
export function createTokenHolder() {
  const listeners = new Set<() => void>()
  let tokens: Tokens | null = null
  let state: SessionState = { status: 'loading' }

  function setState(next: SessionState) {
    state = next
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        // The listener's fault, and nobody else's: it must not keep a sign-out from being written down.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  return {
    tokens: () => tokens,
    state: () => state,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    /** Whether it is still to be found out who is signed in. */
    isUnresolved: () => state.status === 'loading' || state.status === 'unreachable',
    setUnreachable: () => {
      if (state.status === 'loading') setState({ status: 'unreachable' })
    },

    /** The one place where it changes who is signed in. The same user with other tokens is no news. */
    setTokens: (next: Tokens | null, reason: string | null = null) => {
      tokens = next
      if (next) {
        const { userId } = next
        if (state.status === 'signed-in' && state.userId === userId) return
        setState({ status: 'signed-in', userId })
      } else if (state.status !== 'signed-out') {
        setState({ status: 'signed-out', reason: state.status === 'signed-in' ? reason : null })
      }
    },
  }
}
