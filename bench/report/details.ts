import type { Figures } from './figures.js'
import { formatCount, formatDecimal, formatTable } from './table.js'
import { titles } from './titles.js'

type Section = (figures: Figures) => string | null

const names = Object.entries(titles)

/** Latchkey's p99 for signed-in users during a overload: sign-ins at twice the capacity. */
const overload: Section = (figures) => {
  const get = (measure: string) => figures.get('overload', 'latchkey', measure)
  if (get('capacity') === undefined) return null
  const head = ['overload: sign-ins at twice the capacity', 'median', 'worst round']
  const refused = (get('refused') ?? 0) * 100
  return formatTable(head, [
    ['sign-ins per second at capacity', formatCount(get('capacity')), ''],
    ['`me` p50 before, ms', formatDecimal(get('calm50')), ''],
    ['`me` p50 during, ms', formatDecimal(get('busy50')), ''],
    ['`me` p99 before, ms', formatDecimal(get('calm')), ''],
    ['`me` p99 during, ms', formatDecimal(get('busy')), formatDecimal(get('worst'))],
    [
      '`me` p99, during relative to before',
      formatDecimal(get('ratio')),
      formatDecimal(get('worstRatio')),
    ],
    [
      'completed sign-ins, relative to capacity',
      formatDecimal(get('goodput'), 2),
      formatDecimal(get('worstGoodput'), 2),
    ],
    ['refused sign-ins, %', formatDecimal(refused, 0), ''],
    [
      'time until a refusal (p99), ms',
      formatDecimal(get('refusal')),
      formatDecimal(get('worstRefusal')),
    ],
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
        return `${formatCount(value)} (${(value / first).toFixed(2)})`
      })
      return [[`${operation}, ${who === 'raw' ? 'its SQL statement alone' : 'Latchkey'}`, ...cells]]
    }),
  )
  const head = [
    'requests per second, by number of users',
    ...sizes.map((size) => formatCount(size)),
  ]
  return rows.length > 0 ? formatTable(head, rows) : null
}

const memory: Section = (figures) => {
  const rows = names.flatMap(([contender, title]) => {
    const get = (measure: string) => figures.get('memory', contender, measure)
    if (get('afterSignIns') === undefined) return []
    return [
      [
        title,
        formatCount(get('afterSignIns')),
        formatCount(get('underLoad')),
        formatCount(get('hashing')),
      ],
    ]
  })
  const head = ['resident memory, MB', 'after 48 sign-ins', 'maximum under load', 'hashing process']
  return rows.length > 0 ? formatTable(head, rows) : null
}

const start: Section = (figures) => {
  const rows = names.flatMap(([contender, title]) => {
    const get = (measure: string) => figures.get('start', contender, measure)
    if (get('milliseconds') === undefined) return []
    return [[title, formatCount(get('milliseconds')), formatCount(get('worst'))]]
  })
  return rows.length > 0 ? formatTable(['start, ms', 'median', 'worst'], rows) : null
}

export const details: readonly Section[] = [overload, growth, memory, start]
