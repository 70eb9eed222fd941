import { isDocumentRefusal } from './document-refusal.js'
import { checkTrusted, type TrustedDocuments } from './trusted-documents.js'
import type { OperationListener } from '../combine-plugins.js'

/**
 * Answers a document that one of our limits refuses with that refusal only. Further errors would make a large answer
 * to a small request, and would reveal the schema to clients that may not query it.
 */
export const reportRefusalsOnly = (trusted: TrustedDocuments | null): OperationListener => ({
  validationDidStart: ({ source }) =>
    Promise.resolve((errors?: readonly Error[]) => {
      if (!errors) return Promise.resolve()
      // graphql-js stops at `maxErrors`, so the refusal may not be among the errors.
      const refusal = (trusted && checkTrusted(trusted, source)) ?? errors.find(isDocumentRefusal)
      // Apollo Server answers with this array itself.
      if (refusal) (errors as Error[]).splice(0, Infinity, refusal)
      return Promise.resolve()
    }),
})
