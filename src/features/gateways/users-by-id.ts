import { User, type Users } from '../users/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { RequestContext } from '../../platform/graphql/context.js'

export type UsersById = ReturnType<typeof createUsersById>

/**
 * Users for a gateway, in the order of the ids, null for those that are unknown. Whoever has an id may ask, past
 * every other authorization: what is not public is there for the user alone.
 */
export function createUsersById(users: Pick<Users, 'findMany'>) {
  return async (ids: readonly unknown[], { viewer }: Pick<RequestContext, 'viewer'>) => {
    const [rows, self] = await Promise.all([
      users.findMany([...new Set(ids.filter(isId))]),
      viewer(), // a bad token is nobody's
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
