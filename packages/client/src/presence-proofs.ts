/** A presence proof and its session. */
interface HeldProof {
  readonly sessionId: string
  readonly proof: string
}

/**
 * Keeps the latest presence proof in memory only: never in a storage or in a message to another tab. Otherwise code
 * could read it long after the user has left.
 */
export function createPresenceProofs() {
  let held: HeldProof | null = null
  return {
    /**
     * Saves the proof of a result that signed in or reauthenticated. A result without a proof (a refresh) changes
     * nothing.
     */
    save(sessionId: string, result: unknown) {
      const { presenceProof } = (result ?? {}) as { readonly presenceProof?: unknown }
      if (typeof presenceProof === 'string') held = { sessionId, proof: presenceProof }
    },

    /** The proof of the session. Null when this tab has none. */
    find: (sessionId: string | null) =>
      held !== null && held.sessionId === sessionId ? held.proof : null,

    clear() {
      held = null
    },
  }
}
