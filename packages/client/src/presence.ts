/** A presence proof and the session that it is good in. */
interface Held {
  readonly sessionId: string
  readonly proof: string
}

/**
 * Keeps the latest presence proof in memory: never in a storage, never in a message to another tab. What outlives the
 * page or reaches other tabs could be read long after the user has gone.
 */
export function createPresence() {
  let held: Held | null = null
  return {
    /** Of a result that signed in or reauthenticated; one without a proof (a refresh) changes nothing. */
    keep(sessionId: string, result: unknown) {
      const { presenceProof } = (result ?? {}) as { readonly presenceProof?: unknown }
      if (typeof presenceProof === 'string') held = { sessionId, proof: presenceProof }
    },

    /** The proof of that session; null when there is none in this tab. */
    of: (sessionId: string | null) =>
      held !== null && held.sessionId === sessionId ? held.proof : null,

    forget() {
      held = null
    },
  }
}
