/** A presence proof and the session that it is good in. */
interface HeldProof {
  readonly sessionId: string
  readonly proof: string
}

/**
 * Keeps the latest presence proof in memory: never in a storage, never in a message to another tab. What outlives the
 * page or reaches other tabs could be read long after the user has gone.
 */
export function createPresenceProofs() {
  let held: HeldProof | null = null
  return {
    /** Of a result that signed in or reauthenticated; one without a proof (a refresh) changes nothing. */
    save(sessionId: string, result: unknown) {
      const { presenceProof } = (result ?? {}) as { readonly presenceProof?: unknown }
      if (typeof presenceProof === 'string') held = { sessionId, proof: presenceProof }
    },

    /** The proof of that session; null when there is none in this tab. */
    find: (sessionId: string | null) =>
      held !== null && held.sessionId === sessionId ? held.proof : null,

    clear() {
      held = null
    },
  }
}
