import type { Figures } from './figures.js'
import { titles } from './titles.js'
import { count, decimal, table } from './table.js'

const comparisons = {
  me: '`me`, 48 tokens over and over',
  login: 'sign-in',
  refresh: 'refresh',
}

/** What was measured, scenario by scenario. */
export function report(figures: Figures): string {
  const parts = Object.entries(comparisons).flatMap(([scenario, title]) => {
    const rows = Object.entries(titles).flatMap(([contender, name]) => {
      const get = (measure: string) => figures.get(scenario, contender, measure)
      if (get('perSecond') === undefined) return []
      const numbers = [count(get('perSecond')), count(get('worst'))]
      const times = [decimal(get('p50')), decimal(get('p99')), decimal(get('max'), 0)]
      return [[name, ...numbers, ...times, count(get('cpu'))]]
    })
    if (rows.length === 0) return []
    const head = [title, 'per second', 'worst round', 'p50 ms', 'p99 ms', 'max ms', 'CPU µs']
    return [table(head, rows)]
  })
  return [...parts, ...figures.notes().map((note) => `- ${note}`)].join('\n\n')
}
