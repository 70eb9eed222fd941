import type { SessionState } from './session.types.js'
import type { Tokens } from './tokens.js'

export type TokenHolder = ReturnType<typeof createTokenHolder>

/** Holds the current tokens and notifies the application. */
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
        // An error of a listener must not prevent the sign-out from being stored.
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

    /** Whether it is still unknown which user is signed in. */
    isUnresolved: () => state.status === 'loading' || state.status === 'unreachable',
    setUnreachable: () => {
      if (state.status === 'loading') setState({ status: 'unreachable' })
    },

    /** The only place that changes the signed-in user. Other tokens of the same user do not notify. */
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
