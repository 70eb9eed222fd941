import type { Figures } from './figures.js'
import { goals, judge } from './goals.js'
import { formatTable } from './table.js'

/** Formats each goal, the measured value, and whether the goal is met. */
export function formatGoals(figures: Figures): string {
  const rows = goals.map((goal) => {
    const { text, min, max, unit = '' } = goal
    const target = min === undefined ? `at most ${max}${unit}` : `at least ${min}${unit}`
    const value = goal.reached(figures)
    const digits = unit === '' ? 2 : 0
    const reached =
      value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(digits)}${unit}`
    return [text, target, reached, judge(goal, figures)]
  })
  return formatTable(['goal', 'target', 'measured', 'result'], rows)
}
