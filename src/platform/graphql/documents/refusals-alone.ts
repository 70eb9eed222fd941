import { isRefusedDocument } from './refused-document.js'
import { notTrusted, type TrustedDocuments } from './trusted-documents.js'
import type { Listener } from '../listen.js'

/**
 * Answers a document that one of our limits refuses with that refusal alone: further errors would make a small request
 * a large answer, and would tell of the schema to whoever may not use it.
 */
export const refusalsAlone = (trusted: TrustedDocuments | null): Listener => ({
  validationDidStart: ({ source }) =>
    Promise.resolve((errors?: readonly Error[]) => {
      if (!errors) return Promise.resolve()
      // graphql-js stops at so many errors: the limit's own may not be among them.
      const own = (trusted && notTrusted(trusted, source)) ?? errors.find(isRefusedDocument)
      // Apollo Server answers with this very array.
      if (own) (errors as Error[]).splice(0, Infinity, own)
      return Promise.resolve()
    }),
})
