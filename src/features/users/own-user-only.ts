import type { MiddlewareFn } from 'type-graphql'
import type { User } from './user.types.js'

/** For private fields: null unless the viewer is this user. */
export const ownUserOnly: MiddlewareFn = async ({ root }, next): Promise<unknown> =>
  (root as User).isOwn ? next() : null
