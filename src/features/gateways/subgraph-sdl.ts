import {
  isTypeDefinitionNode,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  visit,
  type ConstDirectiveNode,
  type GraphQLSchema,
} from 'graphql'

/** The additions to the schema for one kind of gateway. */
interface Dialect {
  readonly head: string
  /** The directives of the types, by type name. */
  readonly typeDirectives: Readonly<Record<string, string>>
  /** The directives of the Query fields for gateways. Gateway fields without an entry are omitted. */
  readonly fieldDirectives: Readonly<Record<string, string>>
}

// Uses neither @authenticated nor @requiresScopes: a gateway would refuse with its own error code, and clients would
// not refresh. This service answers UNAUTHENTICATED with a reason.
const federation: Dialect = {
  head: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])',
  // Other subgraphs may also have PageInfo and Deleted.
  typeDirectives: { User: '@key(fields: "id")', PageInfo: '@shareable', Deleted: '@shareable' },
  fieldDirectives: {},
}

// The @key of stitching differs from that of federation: one SDL cannot contain both.
const stitching: Dialect = {
  head: 'directive @key(selectionSet: String!) on OBJECT\n\ndirective @merge(keyField: String!) on FIELD_DEFINITION',
  typeDirectives: { User: '@key(selectionSet: "{ id }")' },
  fieldDirectives: { _users: '@merge(keyField: "id")' },
}

export const federationSdl = (schema: GraphQLSchema) => printSdl(schema, federation)
export const stitchingSdl = (schema: GraphQLSchema) => printSdl(schema, stitching)

/** Prints the schema with each directive on the definition itself: GraphQL Mesh does not accept `extend type`. */
function printSdl(schema: GraphQLSchema, { head, typeDirectives, fieldDirectives }: Dialect) {
  const document = visit(parse(printSchema(lexicographicSortSchema(schema))), {
    enter(node) {
      if (!isTypeDefinitionNode(node)) return undefined
      if (isForGateways(node.name.value)) return null
      const directives = parseDirectives(typeDirectives[node.name.value])
      return { ...node, directives: [...(node.directives ?? []), ...directives] }
    },
    [Kind.FIELD_DEFINITION]: {
      leave(node) {
        if (!isForGateways(node.name.value)) return undefined
        const directives = parseDirectives(fieldDirectives[node.name.value])
        return directives.length > 0 ? { ...node, directives } : null
      },
    },
  })
  return `${head}\n\n${print(document)}\n`
}

const isForGateways = (name: string) => name.startsWith('_')

function parseDirectives(text = ''): readonly ConstDirectiveNode[] {
  const [definition] = parse(`scalar Any ${text}`).definitions
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : []
}
