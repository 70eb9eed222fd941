import { z } from '../../platform/zod.js'
import type { Sessions } from '../sessions/index.js'
import { lockForViewer, parseFields, userFields, type FieldProblem } from '../users/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { setPasskeyName, type PasskeyRow } from './passkey.store.js'

export interface RenamePasskeyRequest {
  readonly passkeyId: string
  readonly name: string
}

export type RenamePasskeyOutcome =
  | { kind: 'renamed'; passkey: PasskeyRow }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'not-found' | 'session-ended' }

export interface RenamePasskeyDeps {
  readonly database: Database
  readonly sessions: Sessions
}

const inputSchema = z.object({ name: userFields.name })

/** Gives a passkey of the viewer another name. A passkey of another user behaves like an unknown id. */
export function createRenamePasskey({ database, sessions }: RenamePasskeyDeps) {
  return async (viewer: Viewer, input: RenamePasskeyRequest): Promise<RenamePasskeyOutcome> => {
    const { passkeyId: id } = input
    const { userId } = viewer
    const parsed = parseFields(inputSchema, input)
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    if (!isId(id)) return { kind: 'not-found' }
    const { name } = parsed.fields
    return database.transaction(async (tx) => {
      if (!(await lockForViewer(tx, sessions, viewer))) return { kind: 'session-ended' }
      const passkey = await setPasskeyName(tx, { id, userId, name })
      return passkey ? { kind: 'renamed', passkey } : { kind: 'not-found' }
    })
  }
}
