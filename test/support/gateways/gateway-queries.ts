import { buildSchema, isCompositeType, getNamedType, type GraphQLObjectType } from 'graphql'
import { formatSchema } from '../../../scripts/format-schema.js'
import { call, type CallOptions, type Server } from '../app/client.js'

export const gatewaySettings = { FEDERATION: 'on', STITCHING: 'on' }

type FoundUser = Record<string, unknown> | null

type QueryUsers = (
  server: Server,
  ids: readonly unknown[],
  fields: string,
  options?: CallOptions,
) => ReturnType<typeof call<{ found: FoundUser[] }, object>>

/** Queries users by id, as each kind of gateway does. */
export const queryUsersAs: Record<'federation' | 'stitching', QueryUsers> = {
  federation: (server, ids, fields, options) =>
    call(
      server,
      `query ($representations: [_Any!]!) {
        found: _entities(representations: $representations) { ... on User { ${fields} } }
      }`,
      { representations: ids.map((id) => ({ __typename: 'User', id })) },
      options,
    ),
  stitching: (server, ids, fields, options) =>
    call(
      server,
      `query ($ids: [ID!]!) { found: _users(ids: $ids) { ${fields} } }`,
      { ids },
      options,
    ),
}

export const gatewayTypes = ['federation', 'stitching'] as const

const user = buildSchema(await formatSchema()).getType('User') as GraphQLObjectType
const fields = Object.values(user.getFields())

/** Every field of a user, including future ones. */
export const userFields = fields.map(({ name }) => name)
export const allUserFields = fields
  .map(({ name, type }) => (isCompositeType(getNamedType(type)) ? `${name} { __typename }` : name))
  .join(' ')
