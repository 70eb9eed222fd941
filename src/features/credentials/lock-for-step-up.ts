import type { AuthenticationMethod } from '../../generated/prisma/enums.js'
import type { Sessions } from '../sessions/index.js'
import type { Tx } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { type UserRow, lockForViewer } from '../users/index.js'
import { presenceMethodsOf, readSignInMethods } from './sign-in-methods.js'

/** `methods` lists how this user can prove presence. */
export interface ReauthenticationRequired {
  readonly kind: 'reauthentication-required'
  readonly methods: AuthenticationMethod[]
}

export type StepUp =
  | { readonly kind: 'present'; readonly user: UserRow }
  | { readonly kind: 'session-ended' }
  | ReauthenticationRequired

/**
 * Locks the viewer's account for an operation that could take it over, and checks the presence proof under that lock.
 * Operations that clear proofs lock the same row first. A fresh access token alone is never enough.
 */
export async function lockForStepUp(
  tx: Tx,
  sessions: Sessions,
  viewer: Viewer,
  presenceProof: string | null,
): Promise<StepUp> {
  const user = await lockForViewer(tx, sessions, viewer)
  if (!user) return { kind: 'session-ended' }
  if (await sessions.hasRecentPresence(tx, viewer, presenceProof)) return { kind: 'present', user }
  // A sign-out does not lock the user. It may have ended the session and its proof between the two lookups.
  if (!(await lockForViewer(tx, sessions, viewer))) return { kind: 'session-ended' }
  const methods = presenceMethodsOf(await readSignInMethods(tx, viewer.userId))
  return { kind: 'reauthentication-required', methods }
}
