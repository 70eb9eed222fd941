// docs/configuration.md and .env.example are generated from the table of settings, which must describe each setting.
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { formatConfigurationDocs, formatEnvExample } from '../../scripts/format-settings.js'
import { groups, settings } from '../../src/compose/config/settings.js'
import type { Setting } from '../../src/compose/config/settings/setting.js'

const readFileAt = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const knownSettings = Object.entries<Setting>(settings)

describe('the table of settings', () => {
  it.each(knownSettings)(
    'describes %s, its values and the behaviour without it',
    (name, setting) => {
      const { description, parse, unset } = setting
      expect(description).toMatch(/^[^ ].*\.$/)
      expect(description.split('. ').length).toBeLessThanOrEqual(2)
      expect(parse.description).toMatch(/\S/)
      if (setting.default === undefined) expect(unset).toMatch(/\S/)
      else expect([name, parse.safeParse(setting.default).success]).toEqual([name, true])
    },
  )

  it('has each setting in one group', () => {
    const names = groups.flatMap((group) => Object.keys(group.settings))
    expect(names).toEqual([...new Set(names)])
    expect(names.sort()).toEqual(Object.keys(settings).sort())
  })

  it.each(knownSettings)('keeps %s secret if its name or type requires it', (name, { secret }) => {
    const holdsSecrets = /SECRET|DATABASE_URL|REDIS_URL|SMTP_URL|BREACH_CHECK/.test(name)
    expect(secret ?? false).toBe(holdsSecrets)
  })
})

it('docs/configuration.md matches the table: run `npm run generate`', async () => {
  expect(readFileAt('docs/configuration.md')).toBe(await formatConfigurationDocs())
})

describe('.env.example', () => {
  const text = readFileAt('.env.example')

  it('matches the table: run `npm run generate`', () => {
    expect(text).toBe(formatEnvExample())
  })

  it('sets nothing until lines are uncommented, and every default afterwards', () => {
    expect(parseEnv(text)).toEqual({})
    const defaults = knownSettings.map(([name, setting]) => [name, setting.default ?? ''])
    expect(parseEnv(text.replace(/^#(?=\w+=)/gm, ''))).toEqual(Object.fromEntries(defaults))
  })
})

describe('README.md', () => {
  const rows = [...readFileAt('README.md').matchAll(/^\| `([A-Z][A-Z\d_]+)` +\| `?(.*?)`? +\|/gm)]
    .map(([, name = '', value = '']) => [name, value] as const)
    .filter(([name]) => Object.hasOwn(settings, name))

  it('names the most important settings with their defaults', () => {
    expect(rows).toHaveLength(5)
    for (const [name, value] of rows) {
      const setting = settings[name as keyof typeof settings] as Setting
      if (setting.default !== undefined) expect([name, value]).toEqual([name, setting.default])
    }
  })
})

test('a .env file is in no commit, image or package', () => {
  for (const path of ['.gitignore', '.dockerignore']) {
    expect(readFileAt(path).split('\n')).toContain('.env')
  }
  expect(manifest.files).toEqual(['dist', 'prisma/migrations', 'schema.graphql', 'CHANGELOG.md'])
})
