// Every mutation declares its limits at its resolver. The service does not start with a mutation without limits.
import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { policiesOf } from '../../../src/features/limits/index.js'
import { mutationNames } from '../../support/app/every-mutation.js'
import { policies } from '../../support/app/policies.js'

it('every mutation has a policy with at least one rule', () => {
  expect([...policies.keys()].sort()).toEqual([...mutationNames].sort())
  for (const [name, { rules }] of policies) expect({ name, rules }).not.toEqual({ name, rules: [] })
})

it('the schema build refuses a mutation without a policy', () => {
  const schema = buildSchema('type Query { me: ID } type Mutation { unlimited: ID }')
  expect(() => policiesOf(schema)).toThrow('the mutation unlimited has no @MutationPolicy')
})
