import pg from 'pg'
import { vi } from 'vitest'

export interface SeenQuery {
  /** Of a prepared statement. */
  readonly name?: string | undefined
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
    const {
      name,
      text = '',
      values: own,
    } = typeof query === 'string' ? { text: query, name: undefined } : query
    seen.push({ name, text, values: Array.isArray(values) ? (values as unknown[]) : (own ?? []) })
    return original.apply(this, args)
  })
  return {
    seen,
    stop: () => {
      spy.mockRestore()
    },
  }
}
