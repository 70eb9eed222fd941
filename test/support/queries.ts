import pg from 'pg'
import { vi } from 'vitest'

export interface SeenQuery {
  readonly text: string
  readonly values: unknown[]
}

/** Every statement that goes to the database from now on, as the driver gets it. */
export function watchQueries() {
  const seen: SeenQuery[] = []
  const client = pg.Client.prototype as { query: (...args: unknown[]) => unknown }
  const original = client.query
  const spy = vi.spyOn(client, 'query').mockImplementation(function (this: unknown, ...args) {
    const [query, values] = args as [string | Partial<SeenQuery>, unknown]
    const { text = '', values: own } = typeof query === 'string' ? { text: query } : query
    seen.push({ text, values: Array.isArray(values) ? (values as unknown[]) : (own ?? []) })
    return original.apply(this, args)
  })
  return {
    seen,
    stop: () => {
      spy.mockRestore()
    },
  }
}
