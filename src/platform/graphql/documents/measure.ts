import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { fragmentsOf } from './fragments.js'

/** Measures of an operation, with its fragments inlined. */
export interface Measures {
  readonly depth: number
  readonly rootFields: number
  readonly aliases: number
  /** Length of the longest alias. */
  readonly aliasLength: number
  readonly directives: number
  /** Schema queries: `__schema` and `__type`, and the aliases below them. Each alias may repeat the whole schema. */
  readonly introspections: number
  /** How many of the root fields are credential mutations. */
  readonly credentialMutations: number
}

type Counts = Omit<Measures, 'depth' | 'rootFields'> & {
  /** Levels of fields. */
  readonly height: number
  /** Fields on this level. */
  readonly fields: number
}

const zeroCounts: Counts = {
  height: 0,
  fields: 0,
  aliases: 0,
  aliasLength: 0,
  directives: 0,
  introspections: 0,
  credentialMutations: 0,
}

/**
 * Measures an operation as if its fragments were inlined, without inlining them. Each fragment is measured once, so a
 * fan-out of 2^24 costs 24 additions (CVE-2023-26144: the check itself must not be a denial of service). A fragment
 * inside itself counts as nothing; validation refuses it.
 */
export function measure(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  credentialMutations: ReadonlySet<string>,
): Measures {
  const fragments = fragmentsOf(document)
  const fragmentCounts = new Map<string, Counts>()

  const measureSet = (set: SelectionSetNode | undefined): Counts =>
    (set?.selections ?? []).map(measureSelection).reduce(addCounts, zeroCounts)

  function measureSelection(selection: SelectionNode): Counts {
    const directives = selection.directives?.length ?? 0
    switch (selection.kind) {
      case Kind.FIELD:
        return measureField(selection, directives)
      case Kind.INLINE_FRAGMENT:
        return addCounts(measureSet(selection.selectionSet), { ...zeroCounts, directives })
      case Kind.FRAGMENT_SPREAD:
        return addCounts(measureFragment(selection.name.value), { ...zeroCounts, directives })
    }
  }

  function measureField(field: FieldNode, directives: number): Counts {
    const name = field.name.value
    const ownCounts = {
      height: 1,
      fields: 1,
      aliases: field.alias ? 1 : 0,
      aliasLength: field.alias?.value.length ?? 0,
      directives,
      introspections: 0,
      credentialMutations: credentialMutations.has(name) ? 1 : 0,
    }
    const childCounts = measureSet(field.selectionSet)
    const isIntrospection = name === '__schema' || name === '__type'
    return {
      ...ownCounts,
      height: isIntrospection ? 1 : 1 + childCounts.height, // graphql-js limits the depth of introspection itself
      introspections: isIntrospection ? 1 + childCounts.aliases : 0,
      aliases: ownCounts.aliases + childCounts.aliases,
      aliasLength: Math.max(ownCounts.aliasLength, childCounts.aliasLength),
      directives: ownCounts.directives + childCounts.directives,
    }
  }

  function measureFragment(name: string): Counts {
    const cached = fragmentCounts.get(name)
    if (cached) return cached
    fragmentCounts.set(name, zeroCounts)
    const counts = measureSet(fragments.get(name)?.selectionSet)
    fragmentCounts.set(name, counts)
    return counts
  }

  const { height, fields, ...rest } = measureSet(operation.selectionSet)
  const directives = rest.directives + (operation.directives?.length ?? 0)
  return { ...rest, directives, depth: height, rootFields: fields }
}

const addCounts = (a: Counts, b: Counts): Counts => ({
  height: Math.max(a.height, b.height),
  fields: a.fields + b.fields,
  aliases: a.aliases + b.aliases,
  aliasLength: Math.max(a.aliasLength, b.aliasLength),
  directives: a.directives + b.directives,
  introspections: a.introspections + b.introspections,
  credentialMutations: a.credentialMutations + b.credentialMutations,
})
