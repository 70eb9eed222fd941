import { isDocumentRefusal } from './document-refusal.js'
import { checkTrusted, type TrustedDocuments } from './trusted-documents.js'
import type { OperationListener } from '../combine-plugins.js'

/**
 * Answers a document that one of our limits refuses with that refusal alone: further errors would make a small request
 * a large answer, and would tell of the schema to whoever may not use it.
 */
export const reportRefusalsOnly = (trusted: TrustedDocuments | null): OperationListener => ({
  validationDidStart: ({ source }) =>
    Promise.resolve((errors?: readonly Error[]) => {
      if (!errors) return Promise.resolve()
      // graphql-js stops at so many errors: the limit's own may not be among them.
      const refusal = (trusted && checkTrusted(trusted, source)) ?? errors.find(isDocumentRefusal)
      // Apollo Server answers with this very array.
      if (refusal) (errors as Error[]).splice(0, Infinity, refusal)
      return Promise.resolve()
    }),
})
