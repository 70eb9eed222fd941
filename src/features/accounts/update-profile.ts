import { z } from 'zod'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { updateUser, type UserRow } from './account.store.js'
import { bio, image, locale, name, parseFields, username, type FieldProblem } from './fields.js'

/** Left out: unchanged. Null: cleared. */
const changes = z.object({
  username: username.nullish(),
  name: name.nullish(),
  bio: bio.nullish(),
  image: image.nullish(),
  locale: locale.nullish(),
})

export type UpdateProfileOutcome =
  | { kind: 'updated'; user: UserRow }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'username-taken' }

export interface UpdateProfileNeeds {
  readonly database: Database
  readonly clock: Clock
}

/** Changes what a user tells of themselves. */
export function createUpdateProfile({ database, clock }: UpdateProfileNeeds) {
  return async (userId: string, input: object): Promise<UpdateProfileOutcome> => {
    const parsed = parseFields(changes, input)
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    const user = await updateUser(database.db, userId, parsed.fields, clock.now())
    return user ? { kind: 'updated', user } : { kind: 'username-taken' }
  }
}
