import { expect, it } from 'vitest'
import { combinePlugins } from '../../src/platform/graphql/combine-plugins.js'

it('refuses two listeners at a step that allows one, because the second would silently replace the first', () => {
  const limit = { validationDidStart: () => Promise.resolve() }
  const other = { validationDidStart: () => Promise.resolve() }
  expect(() => combinePlugins(limit, other)).toThrow('two listeners')
  expect(() => combinePlugins(limit)).not.toThrow()
})
