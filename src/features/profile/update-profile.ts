import { z } from '../../platform/zod.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { updateUser, type UserUpdate } from './profile.store.js'
import { parseFields, type FieldProblem, userFields } from '../users/index.js'

const { bio, image, locale, name, username } = userFields

/** Left out: unchanged. Null: cleared. */
const changes = z.object({
  username: username.nullish(),
  name: name.nullish(),
  bio: bio.nullish().transform((text) => (text === '' ? null : text)),
  image: image.nullish(),
  locale: locale.nullish(),
})

export type UpdateProfileOutcome = UserUpdate | { kind: 'invalid-input'; problems: FieldProblem[] }

export interface UpdateProfileNeeds {
  readonly database: Database
  readonly clock: Clock
}

/** Changes what a user tells of themselves. */
export function createUpdateProfile({ database, clock }: UpdateProfileNeeds) {
  return async (userId: string, input: object): Promise<UpdateProfileOutcome> => {
    const parsed = parseFields(changes, input)
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    return database.transaction((tx) => updateUser(tx, userId, parsed.fields, clock.now()))
  }
}
