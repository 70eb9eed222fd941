import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { fragmentsOf } from './fragments.js'

/** What an operation asks for, with its fragments written out. */
export interface Measures {
  readonly depth: number
  readonly rootFields: number
  readonly aliases: number
  /** Of the longest one. */
  readonly aliasLength: number
  readonly directives: number
  /** Looks at the schema: `__schema` and `__type`, and the aliases below, each of which may be as much again. */
  readonly introspections: number
  /** How often one of these is among the root fields. */
  readonly credentialMutations: number
}

type Counts = Omit<Measures, 'depth' | 'rootFields'> & {
  /** Levels of fields. */
  readonly height: number
  /** Fields on this level. */
  readonly fields: number
}

const nothing: Counts = {
  height: 0,
  fields: 0,
  aliases: 0,
  aliasLength: 0,
  directives: 0,
  introspections: 0,
  credentialMutations: 0,
}

/**
 * Measures an operation as if its fragments were written out, without writing them out: each fragment is measured
 * once, so that a fan-out of 2^24 costs 24 additions (CVE-2023-26144 and its kin: the check must not be the attack).
 * A fragment within itself, which validation refuses, counts as nothing.
 */
export function measure(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  credentialMutations: ReadonlySet<string>,
): Measures {
  const fragments = fragmentsOf(document)
  const measured = new Map<string, Counts>()

  const ofSet = (set: SelectionSetNode | undefined): Counts =>
    (set?.selections ?? []).map(ofSelection).reduce(sum, nothing)

  function ofSelection(selection: SelectionNode): Counts {
    const directives = selection.directives?.length ?? 0
    switch (selection.kind) {
      case Kind.FIELD:
        return ofField(selection, directives)
      case Kind.INLINE_FRAGMENT:
        return sum(ofSet(selection.selectionSet), { ...nothing, directives })
      case Kind.FRAGMENT_SPREAD:
        return sum(ofFragment(selection.name.value), { ...nothing, directives })
    }
  }

  function ofField(field: FieldNode, directives: number): Counts {
    const name = field.name.value
    const own = {
      height: 1,
      fields: 1,
      aliases: field.alias ? 1 : 0,
      aliasLength: field.alias?.value.length ?? 0,
      directives,
      introspections: 0,
      credentialMutations: credentialMutations.has(name) ? 1 : 0,
    }
    const below = ofSet(field.selectionSet)
    const ofSchema = name === '__schema' || name === '__type'
    return {
      ...own,
      height: ofSchema ? 1 : 1 + below.height, // graphql-js limits the depth of introspection itself
      introspections: ofSchema ? 1 + below.aliases : 0,
      aliases: own.aliases + below.aliases,
      aliasLength: Math.max(own.aliasLength, below.aliasLength),
      directives: own.directives + below.directives,
    }
  }

  function ofFragment(name: string): Counts {
    const known = measured.get(name)
    if (known) return known
    measured.set(name, nothing)
    const counts = ofSet(fragments.get(name)?.selectionSet)
    measured.set(name, counts)
    return counts
  }

  const { height, fields, ...rest } = ofSet(operation.selectionSet)
  const directives = rest.directives + (operation.directives?.length ?? 0)
  return { ...rest, directives, depth: height, rootFields: fields }
}

const sum = (a: Counts, b: Counts): Counts => ({
  height: Math.max(a.height, b.height),
  fields: a.fields + b.fields,
  aliases: a.aliases + b.aliases,
  aliasLength: Math.max(a.aliasLength, b.aliasLength),
  directives: a.directives + b.directives,
  introspections: a.introspections + b.introspections,
  credentialMutations: a.credentialMutations + b.credentialMutations,
})
