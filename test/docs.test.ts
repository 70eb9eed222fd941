// What the documents show is what there is: their code compiles against the sources, their configurations parse, their
// links lead somewhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { features } from '../src/compose/features.js'
import { settings } from '../src/compose/config/settings.js'
import type { Setting } from '../src/compose/config/settings/setting.js'
import { startApp, type TestApp } from './support/app/app.js'
import { compileBlocks } from './support/clients/compile-blocks.js'
import { createSessionFixture } from './support/clients/session-fixture.js'
import { createMemoryStorage } from './support/clients/token-storage.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const textOf = (path: string) => readFileSync(resolve(root, path), 'utf8')

interface Block {
  readonly language: string
  readonly text: string
  /** The file and the number of the block in it, such as `README-md-1`. */
  readonly name: string
}

function blocksOf(path: string): Block[] {
  const document = textOf(path)
  return [...document.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
    ([, language = '', text = ''], i) => {
      return { language, text, name: `${path.replace(/\W/g, '-')}-${i + 1}` }
    },
  )
}

const namesIn = (folder: string) =>
  readdirSync(resolve(root, folder)).map((name) => join(folder, name))

/** The Markdown files in the root, `docs`, the packages and the examples. */
const documents = ['.', 'docs', ...namesIn('packages'), ...namesIn('examples')]
  .flatMap(namesIn)
  .filter((path) => path.endsWith('.md'))
// The code of an example compiles in the example.
const blocks = documents.filter((path) => !path.startsWith('examples')).flatMap(blocksOf)

it('there are the documents that the README lists', () => {
  expect(documents.length).toBeGreaterThan(20)
})

describe('the code of the documents', () => {
  it('compiles', () => {
    const code = blocks.filter(({ language }) => language === 'ts')
    expect(code.length).toBeGreaterThan(15)
    expect(compileBlocks(root, code)).toEqual([])
  })
})

describe('the list of features', () => {
  const folders = readdirSync(resolve(root, 'src/features')).sort()

  it.each([
    ['README.md', /^([a-z-]+(?:, [a-z-]+)*) {2,}\S/gm],
    ['docs/architecture.md', /^\| `([a-z-]+)` +\|/gm],
    ['CONTRIBUTING.md', /`([a-z-]+)`/g],
  ])('is complete in %s', (path, pattern) => {
    const found = [...textOf(path).matchAll(pattern)]
    const named = new Set(found.flatMap(([, names = '']) => names.split(', ')))
    expect(folders.filter((folder) => !named.has(folder))).toEqual([])
  })
})

describe('the configurations of the documents', () => {
  const parsers = blocks.filter(({ language }) => language === 'yaml' || language === 'json')

  it.each(parsers)('parse: $name', async ({ language, text }) => {
    // The formatter has to parse the text first.
    await expect(format(text, { parser: language })).resolves.toMatch(/./)
    if (language === 'json') expect(JSON.parse(text)).toBeTypeOf('object')
  })
})

describe.each(documents)('%s', (path) => {
  const document = textOf(path)

  it('links to existing files and headings', () => {
    const links = [...document.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    for (const link of links.filter((one) => !one.startsWith('https:'))) {
      const [file = '', heading] = link.split('#')
      const target = file === '' ? resolve(root, path) : resolve(root, dirname(path), file)
      expect([link, existsSync(target)]).toEqual([link, true])
      if (heading !== undefined) expect(headingsOf(target)).toContain(heading)
    }
  })

  it('names existing settings with valid values', () => {
    for (const [, name = '', value = ''] of document.matchAll(/`([A-Z_]+)=([^`]+)`/g)) {
      if (foreignNames.includes(name)) continue
      const setting = (settings as Record<string, Setting>)[name]
      expect([name, setting?.parse.safeParse(value).success]).toEqual([name, true])
    }
    const known = new Set([...Object.keys(settings), ...codes, ...declaredNames, ...foreignNames])
    expect(capitalNamesIn(document).filter((name) => !known.has(name))).toEqual([])
  })
})

const capitalNamesIn = (text: string) =>
  [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name)

const codes = [
  ...capitalNamesIn(textOf('schema.graphql')),
  ...capitalNamesIn(textOf('packages/verify/src/require-caller.ts')),
  ...capitalNamesIn(textOf('src/platform/graphql/format-error.ts')),
  ...capitalNamesIn(textOf('packages/client/src/session.types.ts')),
]
/** Names of e-mail kinds and audit events. */
const declaredNames = features.flatMap(({ emails = [], auditEvents = {} }) => [
  ...emails.map(({ name }) => name),
  ...Object.keys(auditEvents),
])

/** Names of other programs, of tests and examples, and of settings that earlier versions had. */
const foreignNames = [
  ...['HASURA_GRAPHQL_JWT_SECRET', 'UNAUTHORIZED_FIELD_OR_TYPE'],
  ...['NODE_OPTIONS', 'UV_THREADPOOL_SIZE', 'LATCHKEY_WORKER'],
  ...['BENCH_DATABASE_URL', 'TEST_DATABASE_URL', 'TEST_REDIS_URL', 'TEST_OPTIMIZATIONS'],
  ...[
    'FUZZ_SEED',
    'FUZZ_FACTOR',
    'REFRESH_HISTORIES',
    'CHROMIUM_PATH',
    'POSTGRES_PASSWORD',
    'PAGE_PORT',
  ],
  ...['SESSION_RENAMED', 'TOO_MANY_DEVICES'], // invented in CONTRIBUTING.md
  ...['VITE_LATCHKEY_URL', 'LATCHKEY_PORT', 'POSTS_PORT'],
  ...[
    'DATABASE_BATCHING',
    'ARGON2_ENGINE',
    'ARGON2_PROCESS',
    'GRAPHQL_COMPILE_AFTER',
    'JWT_ENGINE',
  ],
]

/** The headings of a file, as the anchors that GitHub makes of them. */
const headingsOf = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

describe('the published keys', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app.close())

  it('are what the documents say', async () => {
    const response = await fetch(`${app.url}/.well-known/jwks.json`)
    expect(response.headers.get('content-type')).toMatch(/^application\/json\b/)
    expect(response.headers.get('cache-control')).toContain('max-age=300')
    const { keys } = (await response.json()) as { keys: object[] }
    expect(keys.length).toBeGreaterThan(1) // the next one is there before it signs
    for (const key of keys) {
      const kid: unknown = expect.stringMatching(/./)
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256', kid })
      expect(key).not.toHaveProperty('d')
    }
  })

  it('sign tokens that fit, with all that a session keeps, where a phone keeps secrets', async () => {
    const storage = createMemoryStorage()
    await createSessionFixture(app, { storage }).register()
    const [stored = ''] = storage.items.values()
    expect(stored).toContain('refreshToken')
    expect(stored.length).toBeLessThan(1_500)
  })

  it('are found by discovery, which says no more', async () => {
    const response = await fetch(`${app.url}/.well-known/openid-configuration`)
    const found = (await response.json()) as object
    expect(Object.keys(found).sort()).toEqual(['issuer', 'jwks_uri'])
  })
})
