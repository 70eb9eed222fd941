import { User, type Users } from '../users/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { RequestContext } from '../../platform/graphql/context.js'

export type UsersById = ReturnType<typeof createUsersById>

/**
 * Loads users for a gateway, in the order of the ids, with null for unknown ids. Any client with an id can call this
 * without other authorization. Private fields are visible only to the user.
 */
export function createUsersById(users: Pick<Users, 'findMany'>) {
  return async (ids: readonly unknown[], { viewer }: Pick<RequestContext, 'viewer'>) => {
    const [rows, self] = await Promise.all([
      users.findMany([...new Set(ids.filter(isId))]),
      viewer(), // an invalid token identifies no user
    ])
    const visibleUsers = new Map(
      rows.map(({ isDisabled, ...row }) => {
        const isOwn = row.id === self?.userId && !isDisabled
        return [
          row.id,
          isOwn ? User.from(row, self.sessionId) : User.publicView(row, { isDisabled }),
        ]
      }),
    )
    return ids.map((id) => (isId(id) ? (visibleUsers.get(id) ?? null) : null))
  }
}
