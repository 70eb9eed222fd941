import type { CodegenConfig } from '@graphql-codegen/cli'

/** Typed documents of the client's operations: what the tests use, and what a client author can copy. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'src/client/operations.graphql',
  generates: {
    'src/generated/operations.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: 'string', EmailAddress: 'string', URL: 'string', JSON: 'unknown' },
        documentMode: 'documentNode',
        dedupeFragments: true,
      },
    },
  },
}

export default config
