// The packages as users get them: packed, installed outside the checkout, compiled, bundled and run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { findChromium, launchChromium } from '../support/browser/browser.js'
import {
  packagesIn,
  runCommand,
  createPackageConsumers,
} from '../support/processes/package-consumers.js'
import {
  freePort,
  startServerProcess,
  type ServerProcess,
} from '../support/processes/server-process.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const issuer = 'https://auth.example.com'
const maxBytes = 5_000

let consumers: Awaited<ReturnType<typeof createPackageConsumers>>
let server: ServerProcess
let dataDir: string
let pagePort: number
let app: string
let service: string

beforeAll(async () => {
  consumers = await createPackageConsumers()
  ;[app, service] = await Promise.all([
    consumers.install('latchkey-client', 'app'),
    consumers.install('latchkey-verify', 'service'),
  ])
  dataDir = await mkdtemp(join(tmpdir(), 'latchkey-consumers-data-'))
  pagePort = await freePort()
  const origin = `http://127.0.0.1:${pagePort}`
  server = await startServerProcess({
    ...{ DATA_DIR: dataDir, PUBLIC_URL: issuer, CORS_ORIGINS: origin },
  })
})

afterAll(async () => {
  server.child.kill()
  await once(server.child, 'exit')
  await rm(dataDir, { recursive: true })
  await consumers.remove()
})

describe('@latchkey/client', () => {
  let installFolder: string
  beforeAll(async () => {
    installFolder = await consumers.install('latchkey-client')
  })

  it('installs no other package', async () => {
    expect(await packagesIn(installFolder)).toEqual(['@latchkey/client'])
  })

  it(`is at most ${maxBytes} bytes in a page, minified and gzipped`, async () => {
    const session = await bundledSize(
      installFolder,
      `export { createSession } from '@latchkey/client'`,
    )
    const all = await bundledSize(installFolder, `export * from '@latchkey/client'`)
    console.log(`@latchkey/client, gzipped: createSession ${session} B, the whole entry ${all} B`)
    expect(all).toBeLessThanOrEqual(maxBytes)
  })

  it.each(['tsconfig.json', 'tsconfig.nodenext.json'])('compiles with %s', async (project) => {
    expect(await compile(app, project)).toBe('')
  })

  it.each(['bundler', 'nodenext'])('has types that need no other package, by %s', async (mode) => {
    await writeFile(join(installFolder, 'alone.ts'), `export * from '@latchkey/client'`)
    const module = mode === 'bundler' ? 'esnext' : 'nodenext'
    const flags = ['--strict', '--noEmit', '--module', module, '--moduleResolution', mode]
    const tsc = join(app, 'node_modules/.bin/tsc')
    expect(await runCommand(installFolder, tsc, ...flags, '--lib', 'es2023,dom', 'alone.ts')).toBe(
      '',
    )
  })

  it('has no type that fails without skipLibCheck', async () => {
    // Types of Apollo Client fail, so only the lines about our packages count.
    const checked = runCommand(app, 'npx', 'tsc', '--noEmit', '--skipLibCheck', 'false')
    const output = await checked.catch((error: unknown) => String(error))
    expect(output.match(/^node_modules\/@latchkey.*$|^src.*$/gm)).toBeNull()
  })

  it('signs in from Node, as a compiled application', async () => {
    expectSignedIn(await visitFromNode())
  })

  const chromium = findChromium()
  it.skipIf(!chromium)('signs in from a page that Vite built', async () => {
    await runCommand(app, 'npx', 'vite', 'build')
    const flags = ['--host', '127.0.0.1', '--port', String(pagePort), '--strictPort']
    await startProgram(app, ['node_modules/vite/bin/vite.js', 'preview', ...flags], /Local:/)
    const browser = await launchChromium(chromium ?? '')
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() !== 'log') errors.push(message.text())
    })
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(`http://127.0.0.1:${pagePort}/?url=${server.url}/graphql`)
    const output = page.locator('output', { hasText: 'accessToken' })
    await output.waitFor()
    expectSignedIn(JSON.parse((await output.textContent()) ?? '') as Visit)
    expect(errors).toEqual([])
  })
})

describe('@latchkey/verify', () => {
  it('installs jose and lru-cache, and nothing else', async () => {
    const installFolder = await consumers.install('latchkey-verify')
    expect(await packagesIn(installFolder)).toEqual(['@latchkey/verify', 'jose', 'lru-cache'])
  })

  it.each(['tsconfig.json', 'tsconfig.nodenext.json'])('compiles with %s', async (project) => {
    expect(await compile(service, project)).toBe('')
  })

  it('tells a service on Apollo Server which user signed in through the client', async () => {
    const { state, accessToken } = await visitFromNode()
    await compile(service, 'tsconfig.nodenext.json')
    const parameters = ['compiled/main.js', issuer, `${server.url}/.well-known/jwks.json`]
    const [url = ''] = await startProgram(service, parameters, /http:\S+/)
    const ask = async (token: string) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      const body = JSON.stringify({ query: '{ caller }' })
      const response = await fetch(url, { method: 'POST', headers, body })
      return (await response.json()) as unknown
    }
    expect(await ask(accessToken)).toEqual({ data: { caller: state.userId } })
    const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' }
    expect(await ask(`${accessToken}x`)).toMatchObject({ errors: [{ extensions }] })
  })
})

describe('latchkey', () => {
  it('contains the server, its command and the schema, and neither package', async () => {
    const list = await runCommand('/', 'tar', '--list', '--file', consumers.tarballOf('latchkey'))
    const files = list.split('\n')
    const wanted = ['package/dist/cli.js', 'package/dist/main.js', 'package/schema.graphql']
    expect(files).toEqual(expect.arrayContaining([...wanted, 'package/LICENSE']))
    expect(
      files.filter((file) => /^package\/(packages|dist\/(client|verify|generated))\//.test(file)),
    ).toEqual([])
  })
})

interface Visit {
  readonly input: { readonly email: string }
  readonly emails: string[]
  readonly state: { readonly status: string; readonly userId: string }
  readonly accessToken: string
}

const compilations = new Map<string, Promise<string>>()

/** The compiler's output, once for all tests. */
function compile(installFolder: string, project: string) {
  const key = join(installFolder, project)
  const compilation =
    compilations.get(key) ?? runCommand(installFolder, 'npx', 'tsc', '--project', project)
  compilations.set(key, compilation)
  return compilation
}

/** The output of the compiled test application, which runs in a process of its own. */
async function visitFromNode() {
  await compile(app, 'tsconfig.nodenext.json')
  const program = `import { visit } from './compiled/visit.js'
    console.log(JSON.stringify(await visit('${server.url}/graphql')))`
  const printed = await runCommand(app, process.execPath, '--input-type=module', '--eval', program)
  return JSON.parse(printed) as Visit
}

function expectSignedIn({ input, emails, state, accessToken }: Visit) {
  expect(emails).toEqual([input.email, input.email, input.email])
  expect(state.status).toBe('signed-in')
  expect(accessToken.split('.')).toHaveLength(3)
}

/** Starts a Node program. Resolves with its output that matches the pattern. */
async function startProgram(cwd: string, parameters: string[], pattern: RegExp) {
  const child = spawn(process.execPath, parameters, { cwd, env: {}, stdio: 'pipe' })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += String(text)
    const match = pattern.exec(output)
    if (match) return match
  }
  throw new Error(`${parameters.join(' ')} ended:\n${output}`)
}

async function bundledSize(installFolder: string, text: string): Promise<number> {
  const input = join(installFolder, 'entry.js')
  await writeFile(input, text)
  const bundle = await rolldown({ input, platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  const code = output.map((file) => (file.type === 'chunk' ? file.code : '')).join('')
  return gzipSync(code, { level: 9 }).length
}
