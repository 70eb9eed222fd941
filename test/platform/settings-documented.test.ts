import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { settings, type Setting } from '../../src/compose/config/settings.js'

const fileAt = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const known: [string, Setting][] = Object.entries(settings)

describe('README.md', () => {
  const table = /\| name +\| default[^]*?\n\n/.exec(fileAt('README.md'))?.[0] ?? ''
  const cells = table
    .split('\n')
    .map((line) => /^\| `(\w+)` *\| (.*?) *\| .*\|$/.exec(line)?.slice(1))
    .filter((row) => row !== undefined)
  const rows = new Map(cells.map(([name = '', value = '']) => [name, value]))

  test.each(known)('has %s in its table, with its default', (name, setting) => {
    if (setting.default === undefined) expect(rows.get(name)).toMatch(/\S/)
    else expect(rows.get(name)).toBe(`\`${setting.default}\``)
  })

  it('has no other setting in its table', () => {
    expect([...rows.keys()]).toEqual(Object.keys(settings))
  })
})

describe('.env.example', () => {
  const lines = fileAt('.env.example').split('\n')
  const entries = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split('='))
  const values = new Map(entries.map(([name = '', ...rest]) => [name, rest.join('=')]))

  test.each(known)('has %s with its default', (name, setting) => {
    expect(values.get(name)).toBe(setting.default ?? '')
  })

  it('has no other setting', () => {
    expect([...values.keys()].sort()).toEqual(Object.keys(settings).sort())
  })
})
