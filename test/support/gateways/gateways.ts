import { buildSchema, isCompositeType, getNamedType, type GraphQLObjectType } from 'graphql'
import { schemaText } from '../../../scripts/schema-text.js'
import { call, type CallOptions, type Server } from '../app/client.js'

export const gatewaysOn = { FEDERATION: 'on', STITCHING: 'on' }

type Found = Record<string, unknown> | null

type Ask = (
  server: Server,
  ids: readonly unknown[],
  fields: string,
  options?: CallOptions,
) => ReturnType<typeof call<{ found: Found[] }, object>>

/** Asks for users by id, as each kind of gateway does. */
export const askAs: Record<'federation' | 'stitching', Ask> = {
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

export const kinds = ['federation', 'stitching'] as const

const user = buildSchema(await schemaText()).getType('User') as GraphQLObjectType
const fields = Object.values(user.getFields())

/** Every field that a user has, those that are added one day too. */
export const userFields = fields.map(({ name }) => name)
export const allOfAUser = fields
  .map(({ name, type }) => (isCompositeType(getNamedType(type)) ? `${name} { __typename }` : name))
  .join(' ')
