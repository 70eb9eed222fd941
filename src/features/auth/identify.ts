import { canonicalEmail } from '../users/index.js'
import type { Identify } from '../limits/index.js'
import type { Sessions } from '../sessions/index.js'

interface IdentifyingInput {
  readonly email?: string
  readonly refreshToken?: string | null
}

/** Identifies the client of an attempt for rate limits, without trusting unverified input. */
export function createIdentify({ sessions }: { sessions: Sessions }): Identify {
  return async (per, { args, context }) => {
    const input = (args['input'] ?? {}) as IdentifyingInput
    switch (per) {
      case 'network':
        return context.request.network
      case 'site':
        return context.request.site
      case 'account':
        // Canonical: otherwise each spelling of an address would have its own budget.
        if (input.email !== undefined) return canonicalEmail(input.email)
        return (await context.viewer())?.userId ?? null
      case 'session':
        return (await context.viewer())?.sessionId ?? null
      case 'refreshToken': {
        // A forged token must not name a session: it would use up the budget of another user.
        const token = input.refreshToken ?? context.refreshCookie.read()
        return token === null ? null : sessions.sessionIdOf(token)
      }
    }
  }
}
