import { Kind, type ValidationRule } from 'graphql'
import { refusedDocument } from './refused-document.js'
import { documentLimits } from './limits.js'
import { measure, type Measures } from './measure.js'

interface Limit {
  readonly is: keyof Measures
  readonly most: number
  readonly says: string
}

const limits: readonly Limit[] = [
  { is: 'depth', most: documentLimits.depth, says: 'levels of fields' },
  { is: 'rootFields', most: documentLimits.rootFields, says: 'fields at the root' },
  { is: 'aliases', most: documentLimits.aliases, says: 'aliases' },
  { is: 'aliasLength', most: documentLimits.aliasLength, says: 'characters in an alias' },
  { is: 'directives', most: documentLimits.directives, says: 'directives' },
  { is: 'introspections', most: 1, says: 'look at the schema, without aliases' },
  // A password tried by alias is a request less to be seen (OWASP GraphQL Cheat Sheet, "Batching Attacks").
  { is: 'credentialMutations', most: 1, says: 'mutation that takes credentials' },
]

/** Holds every operation of a document to the limits. */
export const limitDocuments =
  (credentialMutations: ReadonlySet<string>): ValidationRule =>
  (context) => ({
    [Kind.OPERATION_DEFINITION]: (operation) => {
      const measures = measure(operation, context.getDocument(), credentialMutations)
      for (const { is, most, says } of limits) {
        if (measures[is] <= most) continue
        context.reportError(refusedDocument(`An operation may have at most ${most} ${says}.`))
      }
    },
  })
