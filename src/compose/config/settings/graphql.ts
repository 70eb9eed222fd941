import { choice, text } from '../value-types.js'
import { defineGroup } from './setting.js'

export const graphql = defineGroup({
  title: 'GraphQL',
  settings: {
    INTROSPECTION: {
      parse: choice('on', 'off'),
      unset: '`on` outside production',
      description: 'Whether clients may query the schema, and get "did you mean" suggestions.',
    },
    TRUSTED_DOCUMENTS: {
      parse: text('a file'),
      unset: 'any document may run',
      description: 'A file with the only documents that may run.',
    },
    FEDERATION: {
      parse: choice('on', 'off'),
      default: 'off',
      description:
        '`on`: the schema is also a subgraph of Apollo Federation 2 (`_service`, `_entities`).',
    },
    STITCHING: {
      parse: choice('on', 'off'),
      default: 'off',
      description: '`on`: the schema is also a subschema for schema stitching (`_sdl`, `_users`).',
    },
  },
  toConfig: (values, { production }) => ({
    documents: {
      introspection: (values.INTROSPECTION ?? (production ? 'off' : 'on')) === 'on',
      /** The file of the only documents that may run; null: any document may run. */
      trustedFile: values.TRUSTED_DOCUMENTS ?? null,
    },
    /** Gateways whose extra fields the schema contains. */
    gateways: {
      federation: values.FEDERATION === 'on',
      stitching: values.STITCHING === 'on',
    },
  }),
})
