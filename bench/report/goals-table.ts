import type { Figures } from './figures.js'
import { goals, judge } from './goals.js'
import { table } from './table.js'

/** Each goal, what was reached, and whether that is enough. */
export function goalsTable(figures: Figures): string {
  const rows = goals.map((goal) => {
    const { text, atLeast, atMost, unit = '' } = goal
    const asked = atLeast === undefined ? `at most ${atMost}${unit}` : `at least ${atLeast}${unit}`
    const value = goal.reached(figures)
    const digits = unit === '' ? 2 : 0
    const reached =
      value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(digits)}${unit}`
    return [text, asked, reached, judge(goal, figures)]
  })
  return table(['goal', 'asked', 'reached', ''], rows)
}
