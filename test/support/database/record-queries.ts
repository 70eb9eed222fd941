import pg from 'pg'
import { vi } from 'vitest'

export interface RecordedQuery {
  /** The name of a prepared statement. */
  readonly name?: string | undefined
  readonly text: string
  readonly values: unknown[]
}

/** Records every statement that is sent to the database from now on, as the driver receives it. */
export function recordQueries() {
  const queries: RecordedQuery[] = []
  const clientPrototype = pg.Client.prototype as { query: (...args: unknown[]) => unknown }
  const original = clientPrototype.query
  const spy = vi.spyOn(clientPrototype, 'query').mockImplementation(function (
    this: unknown,
    ...args
  ) {
    const [query, values] = args as [string | Partial<RecordedQuery>, unknown]
    const {
      name,
      text = '',
      values: configValues,
    } = typeof query === 'string' ? { text: query, name: undefined } : query
    queries.push({
      name,
      text,
      values: Array.isArray(values) ? (values as unknown[]) : (configValues ?? []),
    })
    return original.apply(this, args)
  })
  return {
    seen: queries,
    stop: () => {
      spy.mockRestore()
    },
  }
}
