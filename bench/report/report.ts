import { details } from './details.js'
import type { Figures } from './figures.js'
import { goalsTable } from './goals-table.js'
import { count, decimal, table } from './table.js'
import { titles } from './titles.js'

const comparisons = {
  me: '`me`, 48 tokens over and over',
  fresh: '`me`, each time with a token never seen before',
  login: 'sign-in',
  refresh: 'refresh',
  'workers-me': '`me`, one process and two',
  'workers-refresh': 'refresh, one process and two',
}

const columns = ['per second', 'worst round', 'p50 ms', 'p99 ms', 'max ms', 'CPU µs']

/** What was measured, scenario by scenario, and what that is of what was asked. */
export function report(figures: Figures): string {
  const compared = Object.entries(comparisons).map(([scenario, title]) =>
    comparison(figures, scenario, title),
  )
  const sections = [...compared, ...details.map((section) => section(figures))]
  const notes = figures.notes().map((note) => `- ${note}`)
  return [...sections, goalsTable(figures), notes.join('\n')].filter(Boolean).join('\n\n')
}

function comparison(figures: Figures, scenario: string, title: string) {
  const rows = Object.entries(titles).flatMap(([contender, name]) => {
    const get = (measure: string) => figures.get(scenario, contender, measure)
    if (get('perSecond') === undefined) return []
    const rates = [count(get('perSecond')), count(get('worst'))]
    const times = [decimal(get('p50')), decimal(get('p99')), decimal(get('max'), 0)]
    return [[name, ...rates, ...times, count(get('cpu'))]]
  })
  return rows.length > 0 ? table([title, ...columns], rows) : null
}
