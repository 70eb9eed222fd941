// Checks how `npm run bench` reports its goals, with made-up figures.
import { describe, expect, it } from 'vitest'
import { createFigures } from '../bench/report/figures.js'
import { formatGoals } from '../bench/report/goals-table.js'
import { formatReport } from '../bench/report/report.js'

const rowOf = (table: string, text: string) =>
  (table.split('\n').find((line) => line.includes(text)) ?? '')
    .split('|')
    .map((cell) => cell.trim())

describe('the table of goals', () => {
  const figures = createFigures()
  figures.set('me', 'latchkey', 'perSecond', 13_000)
  figures.set('me', 'floor-go', 'perSecond', 10_000)
  figures.set('me', 'tutorial', 'perSecond', 1_445)
  figures.set('overload', 'latchkey', 'ratio', 3.01)
  figures.set('start', 'latchkey', 'milliseconds', 699.6)
  const table = formatGoals(figures)

  it.each([
    ['`me` per second, relative to native Go', 'at least 1.3', '1.30', 'met'],
    ['`me` per second, relative to the tutorial stack', 'at least 9', '9.00', 'missed'],
    ['`me` p99, relative to before', 'at most 3', '3.01', 'missed'],
    ['start on PostgreSQL', 'at most 700 ms', '700 ms', 'met'],
  ])('judges by the measured value, not by the rounded one: %s', (text, goal, reached, verdict) => {
    expect(rowOf(table, text).slice(2, 5)).toEqual([goal, reached, verdict])
  })

  it('reports goals without a measurement as not measured', () => {
    expect(rowOf(table, '`me` per second, relative to better-auth').slice(3, 5)).toEqual([
      '–',
      'not measured',
    ])
    const verdicts = formatGoals(createFigures()).split('\n').slice(2)
    expect(verdicts.length).toBeGreaterThan(15)
    for (const row of verdicts) expect(row).toContain('not measured')
  })
})

it('shows the median and the worst round of the products that took part, and of no other', () => {
  const figures = createFigures()
  figures.set('refresh', 'latchkey', 'perSecond', 5_432.1)
  figures.set('refresh', 'latchkey', 'worst', 4_000)
  figures.note('native Go: not measured')
  const text = formatReport(figures)
  expect(rowOf(text, 'Latchkey (EdDSA)').slice(2, 4)).toEqual(['5,432', '4,000'])
  expect(text).not.toContain('oidc-provider |')
  expect(text).toContain('- native Go: not measured')
})
