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

/** What one kind of gateway wants to read beside the schema. */
interface Dialect {
  readonly head: string
  /** The directives of a type, by its name. */
  readonly types: Readonly<Record<string, string>>
  /** The directives of a field of Query that is for gateways; the others of these are left out. */
  readonly fields: Readonly<Record<string, string>>
}

// Neither @authenticated nor @requiresScopes on anything: a gateway would refuse with a code of its own, on which no
// client refreshes, where we answer UNAUTHENTICATED with the reason.
const federation: Dialect = {
  head: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])',
  // Other subgraphs have a PageInfo and a Deleted, too.
  types: { User: '@key(fields: "id")', PageInfo: '@shareable', Deleted: '@shareable' },
  fields: {},
}

// Its @key is another one than federation's: there is no SDL for both.
const stitching: Dialect = {
  head: 'directive @key(selectionSet: String!) on OBJECT\n\ndirective @merge(keyField: String!) on FIELD_DEFINITION',
  types: { User: '@key(selectionSet: "{ id }")' },
  fields: { _users: '@merge(keyField: "id")' },
}

export const federationSdl = (schema: GraphQLSchema) => sdlOf(schema, federation)
export const stitchingSdl = (schema: GraphQLSchema) => sdlOf(schema, stitching)

/** The schema with each directive on the definition itself: GraphQL Mesh does not accept `extend type`. */
function sdlOf(schema: GraphQLSchema, { head, types, fields }: Dialect) {
  const document = visit(parse(printSchema(lexicographicSortSchema(schema))), {
    enter(node) {
      if (!isTypeDefinitionNode(node)) return undefined
      if (isForGateways(node.name.value)) return null
      const directives = directivesIn(types[node.name.value])
      return { ...node, directives: [...(node.directives ?? []), ...directives] }
    },
    [Kind.FIELD_DEFINITION]: {
      leave(node) {
        if (!isForGateways(node.name.value)) return undefined
        const directives = directivesIn(fields[node.name.value])
        return directives.length > 0 ? { ...node, directives } : null
      },
    },
  })
  return `${head}\n\n${print(document)}\n`
}

const isForGateways = (name: string) => name.startsWith('_')

function directivesIn(text = ''): readonly ConstDirectiveNode[] {
  const [definition] = parse(`scalar Any ${text}`).definitions
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : []
}
