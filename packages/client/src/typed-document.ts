import type { DocumentNode } from 'graphql'

/** The same shape as `TypedDocumentNode` of @graphql-typed-document-node/core, without the dependency. */
export interface TypedDocument<TResult, TVariables> extends DocumentNode {
  /** Never set: carries the types for libraries that accept typed documents. */
  __apiType?: (variables: TVariables) => TResult
}
