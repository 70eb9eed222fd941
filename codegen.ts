import type { CodegenConfig } from '@graphql-codegen/cli'

const generated = 'packages/client/src/generated'

/**
 * Generates typed documents of the client's operations, and the members of unions, for @latchkey/client and the
 * tests.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    [`${generated}/operations.ts`]: {
      documents: 'packages/client/src/operations.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: 'string', EmailAddress: 'string', URL: 'string', JSON: 'unknown' },
        documentMode: 'documentNode',
        documentNodeImport: '../typed-document.js#TypedDocument',
        dedupeFragments: true,
      },
    },
    [`${generated}/possible-types.ts`]: {
      plugins: ['fragment-matcher'],
    },
  },
}

export default config
