import { Kind, type ValidationRule } from 'graphql'
import { documentRefusal } from './document-refusal.js'
import { documentLimits } from './limits.js'
import { measure, type Measures } from './measure.js'

interface Limit {
  readonly measureName: keyof Measures
  readonly max: number
  readonly description: string
}

const limits: readonly Limit[] = [
  { measureName: 'depth', max: documentLimits.depth, description: 'levels of fields' },
  { measureName: 'rootFields', max: documentLimits.rootFields, description: 'fields at the root' },
  { measureName: 'aliases', max: documentLimits.aliases, description: 'aliases' },
  {
    measureName: 'aliasLength',
    max: documentLimits.aliasLength,
    description: 'characters in an alias',
  },
  { measureName: 'directives', max: documentLimits.directives, description: 'directives' },
  { measureName: 'introspections', max: 1, description: 'look at the schema, without aliases' },
  // A password tried by alias is a request less to be seen (OWASP GraphQL Cheat Sheet, "Batching Attacks").
  { measureName: 'credentialMutations', max: 1, description: 'mutation that takes credentials' },
]

/** Holds every operation of a document to the limits. */
export const limitDocuments =
  (credentialMutations: ReadonlySet<string>): ValidationRule =>
  (context) => ({
    [Kind.OPERATION_DEFINITION]: (operation) => {
      const measures = measure(operation, context.getDocument(), credentialMutations)
      for (const { measureName, max, description } of limits) {
        if (measures[measureName] <= max) continue
        context.reportError(documentRefusal(`An operation may have at most ${max} ${description}.`))
      }
    },
  })
