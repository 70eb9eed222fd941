import { z } from '../../platform/zod.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { updateUser, type UpdateUserOutcome } from './profile.store.js'
import { parseFields, type FieldProblem, userFields } from '../users/index.js'

const { bio, image, locale, name, username } = userFields

/** Omitted fields stay unchanged. Null clears a field. */
const changesSchema = z.object({
  username: username.nullish(),
  name: name.nullish(),
  bio: bio.nullish().transform((text) => (text === '' ? null : text)),
  image: image.nullish(),
  locale: locale.nullish(),
})

export type UpdateProfileOutcome =
  UpdateUserOutcome | { kind: 'invalid-input'; problems: FieldProblem[] }

export interface UpdateProfileDeps {
  readonly database: Database
  readonly clock: Clock
}

/** Updates the profile of a user. */
export function createUpdateProfile({ database, clock }: UpdateProfileDeps) {
  return async (userId: string, input: object): Promise<UpdateProfileOutcome> => {
    const parsed = parseFields(changesSchema, input)
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    return database.transaction((tx) => updateUser(tx, userId, parsed.fields, clock.now()))
  }
}
