import type { DocumentNode } from 'graphql'

/** The same shape as `TypedDocumentNode` of @graphql-typed-document-node/core, which the client does not need for it. */
export interface TypedDocument<TResult, TVariables> extends DocumentNode {
  /** Never there: carries the types to whatever takes typed documents. */
  __apiType?: (variables: TVariables) => TResult
}
