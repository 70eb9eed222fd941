import { Prisma } from '../../generated/prisma/client.js'
import type { Tx } from '../../platform/database/database.js'
import { type UserRow, usernameKey } from '../users/index.js'

export type UpdateUserOutcome =
  { kind: 'updated'; user: UserRow } | { kind: 'username-taken' | 'gone' }

// P2002: a unique index, here always that of the user name. P2025: no such row.
const outcomeByErrorCode: Record<string, UpdateUserOutcome> = {
  P2002: { kind: 'username-taken' },
  P2025: { kind: 'gone' },
}

/** Updates the profile. The unique index detects a taken user name. */
export async function updateUser(
  tx: Tx,
  id: string,
  changes: Partial<
    Record<'username' | 'name' | 'bio' | 'image' | 'locale', string | null | undefined>
  >,
  updatedAt: Date,
): Promise<UpdateUserOutcome> {
  const { username } = changes
  const definedChanges = Object.entries(changes).filter(([, value]) => value !== undefined)
  const key = username === undefined ? {} : { usernameKey: username && usernameKey(username) }
  try {
    const user = await tx.user.update({
      where: { id },
      data: { ...Object.fromEntries(definedChanges), ...key, updatedAt },
      omit: { usernameKey: true, disabledAt: true },
    })
    return { kind: 'updated', user }
  } catch (error) {
    const known =
      error instanceof Prisma.PrismaClientKnownRequestError && outcomeByErrorCode[error.code]
    if (known) return known
    throw error
  }
}
