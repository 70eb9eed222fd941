// Apollo Client gets the members of every union and logs no warning.
import { InMemoryCache } from '@apollo/client'
import { possibleTypes } from '@latchkey/client/apollo'
import { LoginDocument } from '@latchkey/client/operations'
import { isAbstractType } from 'graphql'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSchema } from '../../src/compose/schema.js'

const { data, variables } = {
  variables: { input: { email: 'ada@example.com', password: 'a guess' } },
  data: {
    login: {
      __typename: 'AuthError' as const,
      ...{ code: 'INVALID_CREDENTIALS' as const, message: 'Wrong.', problems: [] },
      ...{ passwordProblems: null, methods: null, attemptsRemaining: null },
    },
  },
}

describe('possibleTypes', () => {
  afterEach(() => vi.restoreAllMocks())

  it('lists every union and interface of the schema with its members', async () => {
    const schema = await createSchema()
    const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType)
    const members = abstract.map((type) => [
      type.name,
      schema
        .getPossibleTypes(type)
        .map(({ name }) => name)
        .sort(),
    ])
    expect(members.length).toBeGreaterThan(10)
    expect(possibleTypes).toEqual(Object.fromEntries(members))
  })

  it.each([
    ['silent with them', { possibleTypes }, 0],
    ['warning without them', {}, 1],
  ])('leaves Apollo Client %s', (_, options, warnings) => {
    const error = vi.spyOn(console, 'error').mockReturnValue()
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const cache = new InMemoryCache(options)
    cache.writeQuery({ query: LoginDocument, variables, data })
    const logged = [...error.mock.calls, ...warn.mock.calls].map(String)
    expect(logged.filter((text) => text.includes('AuthError')).length > 0 ? 1 : 0).toBe(warnings)
  })
})
