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
  readonly typeDirectives: Readonly<Record<string, string>>
  /** The directives of a field of Query that is for gateways; the others of these are left out. */
  readonly fieldDirectives: Readonly<Record<string, string>>
}

// Neither @authenticated nor @requiresScopes on anything: a gateway would refuse with a code of its own, on which no
// client refreshes, where we answer UNAUTHENTICATED with the reason.
const federation: Dialect = {
  head: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])',
  // Other subgraphs have a PageInfo and a Deleted, too.
  typeDirectives: { User: '@key(fields: "id")', PageInfo: '@shareable', Deleted: '@shareable' },
  fieldDirectives: {},
}

// Its @key is another one than federation's: there is no SDL for both.
const stitching: Dialect = {
  head: 'directive @key(selectionSet: String!) on OBJECT\n\ndirective @merge(keyField: String!) on FIELD_DEFINITION',
  typeDirectives: { User: '@key(selectionSet: "{ id }")' },
  fieldDirectives: { _users: '@merge(keyField: "id")' },
}

export const federationSdl = (schema: GraphQLSchema) => printSdl(schema, federation)
export const stitchingSdl = (schema: GraphQLSchema) => printSdl(schema, stitching)

/** The schema with each directive on the definition itself: GraphQL Mesh does not accept `extend type`. */
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
