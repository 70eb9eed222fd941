import type { Figures } from './figures.js'
import { count, decimal, table } from './table.js'
import { titles } from './titles.js'

type Section = (figures: Figures) => string | null

const names = Object.entries(titles)

/** Latchkey's p99 for those who are signed in, while twice as many sign in as can. */
const overload: Section = (figures) => {
  const get = (measure: string) => figures.get('overload', 'latchkey', measure)
  if (get('capacity') === undefined) return null
  const head = ['two-fold overload of sign-ins', 'median', 'worst round']
  const refused = (get('refused') ?? 0) * 100
  return table(head, [
    ['sign-ins per second at capacity', count(get('capacity')), ''],
    ['`me` p50 without, ms', decimal(get('calm50')), ''],
    ['`me` p50 meanwhile, ms', decimal(get('busy50')), ''],
    ['`me` p99 without, ms', decimal(get('calm')), ''],
    ['`me` p99 meanwhile, ms', decimal(get('busy')), decimal(get('worst'))],
    ['ratio of the p99', decimal(get('ratio')), decimal(get('worstRatio'))],
    ['sign-ins done, of capacity', decimal(get('goodput'), 2), decimal(get('worstGoodput'), 2)],
    ['refused, %', decimal(refused, 0), ''],
    ['refused within, ms (p99)', decimal(get('refusal')), decimal(get('worstRefusal'))],
  ])
}

const growth: Section = (figures) => {
  const sizes = [1_000, 100_000, 1_000_000, 5_000_000]
  const rows = ['me', 'login', 'refresh'].flatMap((operation) =>
    ['latchkey', 'raw'].flatMap((who) => {
      const get = (size: number) => figures.get(`growth-${operation}`, `${who}-${size}`)
      const first = get(1_000)
      if (first === undefined) return []
      const cells = sizes.map((size) => {
        const value = get(size)
        if (value === undefined) return '–'
        return `${count(value)} (${(value / first).toFixed(2)})`
      })
      return [[`${operation}, ${who === 'raw' ? 'its statement alone' : 'Latchkey'}`, ...cells]]
    }),
  )
  const head = ['per second with so many users', ...sizes.map((size) => count(size))]
  return rows.length > 0 ? table(head, rows) : null
}

const memory: Section = (figures) => {
  const rows = names.flatMap(([contender, title]) => {
    const get = (measure: string) => figures.get('memory', contender, measure)
    if (get('afterSignIns') === undefined) return []
    return [[title, count(get('afterSignIns')), count(get('underLoad')), count(get('hashing'))]]
  })
  const head = [
    'resident memory, MB',
    'after 48 sign-ins',
    'most under load',
    'its hashing process',
  ]
  return rows.length > 0 ? table(head, rows) : null
}

const start: Section = (figures) => {
  const rows = names.flatMap(([contender, title]) => {
    const get = (measure: string) => figures.get('start', contender, measure)
    if (get('milliseconds') === undefined) return []
    return [[title, count(get('milliseconds')), count(get('worst'))]]
  })
  return rows.length > 0 ? table(['start, ms', 'median', 'worst'], rows) : null
}

export const details: readonly Section[] = [overload, growth, memory, start]
