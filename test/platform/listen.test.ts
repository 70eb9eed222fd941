import { expect, it } from 'vitest'
import { listen } from '../../src/platform/graphql/listen.js'

it('refuses two listeners at a step for one: the second would switch the first off unheard', () => {
  const limit = { validationDidStart: () => Promise.resolve() }
  const other = { validationDidStart: () => Promise.resolve() }
  expect(() => listen(limit, other)).toThrow('two listeners')
  expect(() => listen(limit)).not.toThrow()
})
