import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { readSettings } from '../../src/boot/read-settings.js'
import { killChild } from '../support/processes/child.js'
import { createTemporaryFolder } from '../support/database/persistent-database.js'
import { programArgs } from '../support/processes/program.js'
import { freePort } from '../support/processes/server-process.js'

// This test starts a server, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Creates a folder with the given `.env`. */
function createFolderWithEnv(content: string | Buffer) {
  const folder = createTemporaryFolder()
  writeFileSync(join(folder, '.env'), content)
  return folder
}

const readSettingsFrom = (content: string | Buffer, environment: NodeJS.ProcessEnv = {}) =>
  readSettings(environment, createFolderWithEnv(content))

describe('.env', () => {
  it('sets only names that the environment lacks, where an empty value counts as set', () => {
    const environment: NodeJS.ProcessEnv = { PORT: '5001', LOG_LEVEL: '' }
    const { config, file } = readSettingsFrom('PORT=5000\nLOG_LEVEL=debug\nHOST=::1\n', environment)
    expect(config).toMatchObject({ port: 5001, logLevel: 'info', host: '::1' })
    expect(file?.applied).toEqual({ HOST: '::1' })
    expect(environment).toEqual({ PORT: '5001', LOG_LEVEL: '', HOST: '::1' })
  })

  it('is optional', () => {
    const { config, file } = readSettings({}, createTemporaryFolder())
    expect([config.port, file]).toEqual([4_000, null])
  })

  it('passes on settings only', () => {
    const environment: NodeJS.ProcessEnv = {}
    readSettingsFrom(
      'POSTGRES_PASSWORD=x\nNODE_OPTIONS=--inspect\nUV_THREADPOOL_SIZE=64\n',
      environment,
    )
    expect(environment).toEqual({})
  })

  it('is not read by a worker, which gets all settings from the primary process', () => {
    const { config, file } = readSettingsFrom('PORT=5000', { LATCHKEY_WORKER: '1' })
    expect([config.port, file]).toEqual([4_000, null])
  })

  test.each([
    ['quotes', 'JWT_AUDIENCE="a # b"', 'a # b'],
    ['single quotes and a comment', "JWT_AUDIENCE='a' # b", 'a'],
    ['backquotes', 'JWT_AUDIENCE=`"a" \'b\'`', `"a" 'b'`],
    ['several lines', 'JWT_AUDIENCE="a\n# b\nPORT=c"\n\nPORT=4000', 'a\n# b\nPORT=c'],
    ['Windows line ends', '# x\r\nJWT_AUDIENCE=a\r\nPORT=4000\r\n', 'a'],
    ['a byte order mark', '\ufeffJWT_AUDIENCE=a', 'a'],
    ['export and spaces', 'export JWT_AUDIENCE = a=b  # c', 'a=b'],
    ['comments and empty lines', '\n  # JWT_AUDIENCE=x\n\n  JWT_AUDIENCE=a\n', 'a'],
    ['an empty value', 'PORT=\nJWT_AUDIENCE=a', 'a'],
  ])('may contain %s', (_, content, audience) => {
    expect(readSettingsFrom(content).config.accessTokens.audience).toBe(audience)
  })

  test.each([
    ['a line without =', 'PORT=4000\n\nhunter2\n', 3],
    ['an invalid name', 'PORT=4000\n=hunter2', 2],
    ['an unclosed quote', '# x\nAUTH_SECRET="hunter2\nPORT=4000\n', 2],
    ['text after a quote', 'MAIL_FROM="hunter2" <a@example.com>', 1],
    ['a line after a multi-line value', 'JWT_AUDIENCE="a\nb"\nhunter2', 3],
    ['a tab, which would belong to the name', 'PORT=1\nPORT\t=hunter2', 2],
    ['two spaces, likewise', 'export  PORT=hunter2', 1],
    ['a lone carriage return', 'PORT=1\rHOST=hunter2', 1],
  ])('is refused for %s, and no value is shown', (_, content, line) => {
    const problem = () => readSettingsFrom(content)
    expect(problem).toThrow(new RegExp(`/\\.env: line ${line} is not NAME=value\\. Put a #`))
    expect(problem).not.toThrow(/hunter2/)
  })

  it('is refused when it is not text or not a file', () => {
    expect(() => readSettingsFrom(Buffer.from([0x50, 0xff]))).toThrow(
      /\.env is not UTF-8\. Fix the file/,
    )
    const folder = createTemporaryFolder()
    mkdirSync(join(folder, '.env'))
    expect(() => readSettings({}, folder)).toThrow(/\.env cannot be read \(EISDIR\)\. Fix/)
  })

  it('is refused when it is not readable', () => {
    const folder = createFolderWithEnv('PORT=4000')
    chmodSync(join(folder, '.env'), 0)
    if (process.getuid?.() === 0) {
      // root may read any file, so the test reads as another user.
      process.seteuid?.(65_534)
      onTestFinished(() => process.seteuid?.(0))
    }
    expect(() => readSettings({}, folder)).toThrow(/\.env cannot be read \(EACCES\)/)
  })

  it('is named when a setting is wrong', () => {
    const problem = /PORT must be .*\n {2}\(settings were also read from .*\.env\)$/
    expect(() => readSettingsFrom('PORT=x')).toThrow(problem)
  })
})

/** Starts `node` with the given arguments in a folder. Its environment contains no other settings. */
function startIn(folder: string, args: string[], env: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env
  const TSX_TSCONFIG_PATH = join(root, 'tsconfig.json')
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH, HOME, TSX_TSCONFIG_PATH, ...env },
  })
  onTestFinished(() => killChild(child))
  return child
}

/** Absolute paths, because the working directory is not the checkout. */
const absoluteProgramArgs = (program: 'main' | 'cli') =>
  programArgs(program).map((part) => (part === 'tsx' ? import.meta.resolve('tsx') : part))

describe('in the folder of a server', () => {
  const secretUrl = 'http://127.0.0.1:9/hunter2/'

  it('.env is used by the command of `npm start`, logged without values, and checked for misspelt names', async () => {
    const port = await freePort()
    const lines = [`PORT=${port}`, `PASSWORD_BREACH_CHECK=${secretUrl}`, 'HOST=::1', 'PUBLIC_ULR=x']
    const folder = createFolderWithEnv(lines.join('\n'))
    const [, ...flags] = manifest.scripts.start.split(' ').slice(0, -1)
    const child = startIn(folder, [...flags, ...absoluteProgramArgs('main')], { HOST: '127.0.0.1' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    }
    const answer = () => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status)
    await vi.waitFor(
      async () => {
        expect(await answer()).toBe(200)
      },
      { timeout: 60_000 },
    )

    const logged = output.split('\n').filter((line) => line.includes('.env'))
    expect(logged.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        file: join(folder, '.env'),
        settings: 2,
        msg: 'settings were read from .env',
      }),
    ])
    expect(output).toContain('PUBLIC_ULR is not a setting and is ignored: did you mean PUBLIC_URL?')
    expect(output).not.toContain('hunter2')
  })

  it('.env is used by the command line, which reports it next to its outcome', async () => {
    const folder = createFolderWithEnv('DATA_DIR=./nowhere')
    const child = startIn(folder, [...absoluteProgramArgs('cli'), 'keys', 'list'], {})
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (child.exitCode === null) await once(child, 'exit')
    expect([child.exitCode, out]).toEqual([1, ''])
    expect(err).toContain(`Settings were read from ${join(folder, '.env')}: 1\n`)
    expect(err).toContain('DATA_DIR "./nowhere" does not exist.')
  })
})
