import { getNamedType, isLeafType, isObjectType, type GraphQLSchema } from 'graphql'
import { call, type Server } from '../app/client.js'

/** A document that repeats its selection this many times. */
type BuildDocument = (times: number) => string

const repeat = (times: number, text: (i: number) => string) =>
  Array.from({ length: times }, (_, i) => text(i)).join(' ')

/** Ways to request the fields of a type as often as possible, by aliases, nested lists and fragments. */
const requestShapes: Record<string, Record<string, (fields: string) => BuildDocument>> = {
  Session: {
    'all sessions of several users': (fields) => (n) =>
      `{ ${repeat(n, (i) => `a${i}: me { sessions(first: 100) { nodes { ${fields} } } }`)} }`,
    'several pages of one user': (fields) => (n) =>
      `{ me { ${repeat(n, (i) => `a${i}: sessions(first: 100) { nodes { ${fields} } }`)} } }`,
    'both lists of a page': (fields) => (n) =>
      `{ ${repeat(n, (i) => `a${i}: me { sessions(first: 100) { nodes { ${fields} } edges { cursor node { ${fields} } } } }`)} }`,
    'fragments within fragments': (fields) => (n) =>
      `{ ${repeat(n, (i) => `a${i}: me { ...U }`)} } fragment U on User { sessions(first: 50) { nodes { ...S } } }
       fragment S on Session { ${fields} }`,
  },
  User: {
    'several users': (fields) => (n) => `{ ${repeat(n, (i) => `a${i}: me { ${fields} }`)} }`,
  },
  SessionConnection: {
    'several connections': (fields) => (n) =>
      `{ me { ${repeat(n, (i) => `a${i}: sessions(first: 1) { ${fields} }`)} } }`,
  },
}

/** The same field under several aliases, at any position. */
const aliased: Record<string, (field: string) => BuildDocument> = {
  Session: (field) => (n) =>
    `{ me { sessions(first: 100) { nodes { ${repeat(n, (i) => `a${i}: ${field}`)} } } } }`,
  User: (field) => (n) => `{ me { ${repeat(n, (i) => `a${i}: ${field}`)} } }`,
  SessionConnection: (field) => (n) =>
    `{ me { sessions { ${repeat(n, (i) => `a${i}: ${field}`)} } } }`,
}

/**
 * Documents for each field of a person's own data, derived from the schema. A new field is therefore attacked as well.
 */
export function costlyDocuments(
  schema: GraphQLSchema,
  which: 'each field' | 'all fields together',
): (readonly [name: string, BuildDocument])[] {
  return Object.entries(requestShapes).flatMap(([typeName, ofType]) => {
    const type = schema.getType(typeName)
    if (!isObjectType(type)) throw new Error(`there is no type ${typeName}`)
    const fields = Object.values(type.getFields())
      .filter((field) => isLeafType(getNamedType(field.type)))
      .map(({ name }) => name)
    const isCombined = which === 'all fields together'
    const selections = isCombined ? [fields.join(' ')] : fields
    const aliases = isCombined ? [] : fields
    return [
      ...Object.entries(ofType).flatMap(([shape, documentOf]) =>
        selections.map((one) => [`${typeName}, ${shape}: ${one}`, documentOf(one)] as const),
      ),
      ...aliases.map(
        (one) => [`${typeName}, aliases: ${one}`, aliased[typeName]?.(one) ?? (() => '')] as const,
      ),
    ]
  })
}

const maxTimes = 31

/** The largest of these documents that the limits allow. */
export async function findLargestAllowed(server: Server, document: BuildDocument) {
  let allowed = 0
  let refused = maxTimes
  while (refused - allowed > 1) {
    const times = Math.floor((allowed + refused) / 2)
    const { status } = await call(server, document(times), {})
    if (status === 200) allowed = times
    else refused = times
  }
  if (allowed === 0) throw new Error(`refused even once: ${document(1)}`)
  return document(allowed)
}
