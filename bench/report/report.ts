import { details } from './details.js'
import type { Figures } from './figures.js'
import { formatGoals } from './goals-table.js'
import { formatCount, formatDecimal, formatTable } from './table.js'
import { titles } from './titles.js'

const comparisons = {
  me: '`me`, the same 48 tokens repeatedly',
  fresh: '`me`, a new token for each request',
  login: 'sign-in',
  refresh: 'refresh',
  'workers-me': '`me`, one worker and two',
  'workers-refresh': 'refresh, one worker and two',
}

const columns = ['per second', 'worst round', 'p50 ms', 'p99 ms', 'max ms', 'CPU µs']

/** Formats the results, scenario by scenario, and compares them with the goals. */
export function formatReport(figures: Figures): string {
  const comparisonTables = Object.entries(comparisons).map(([scenario, title]) =>
    formatComparison(figures, scenario, title),
  )
  const sections = [...comparisonTables, ...details.map((section) => section(figures))]
  const notes = figures.notes().map((note) => `- ${note}`)
  return [...sections, formatGoals(figures), notes.join('\n')].filter(Boolean).join('\n\n')
}

function formatComparison(figures: Figures, scenario: string, title: string) {
  const rows = Object.entries(titles).flatMap(([contender, name]) => {
    const get = (measure: string) => figures.get(scenario, contender, measure)
    if (get('perSecond') === undefined) return []
    const rates = [formatCount(get('perSecond')), formatCount(get('worst'))]
    const times = [
      formatDecimal(get('p50')),
      formatDecimal(get('p99')),
      formatDecimal(get('max'), 0),
    ]
    return [[name, ...rates, ...times, formatCount(get('cpu'))]]
  })
  return rows.length > 0 ? formatTable([title, ...columns], rows) : null
}
