// A Node that has lost one of our V8 flags does not start with it (`bad option`); at runtime V8 ignores it unheard.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { killChild, nextMessage } from '../support/processes/child.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { programArgs, npmStartFlags } from '../support/processes/program.js'
import { databaseSettings, startServerProcess } from '../support/processes/server-process.js'
import { testSecret } from '../support/app/test-secret.js'

// Processes start here, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

const listMaker = fileURLToPath(new URL('./children/list-maker.ts', import.meta.url))
const flagWatch = fileURLToPath(new URL('./children/flag-watch.mjs', import.meta.url))
const expectedFlags = npmStartFlags()

it('the image starts the server with the flags of `npm start`', () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const [, command = '[]'] = /^CMD (\["node".*\])$/m.exec(dockerfile) ?? []
  expect(JSON.parse(command)).toEqual(['node', ...expectedFlags, 'dist/main.js'])
})

it('each flag of `npm start` stands in docs/performance.md', () => {
  const docs = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
  for (const flag of expectedFlags) expect(docs).toContain(`| \`${flag}\``)
})

it('`latchkey start` sets those that can be set at runtime', async () => {
  const server = await startServerProcess(
    { ...databaseSettings(await createPersistentDatabase()), AUTH_SECRET: testSecret },
    ['--import', flagWatch, ...programArgs('cli'), 'start'],
  )
  onTestFinished(() => killChild(server.child))
  const runtimeFlags = expectedFlags.filter((flag) => /growing|pretenuring/.test(flag))
  expect(runtimeFlags).toHaveLength(2)
  for (const flag of runtimeFlags) expect(server.output()).toContain(`flag ${flag}\n`)
})

const countYoungLists = (flags: readonly string[], as = 'any program') => {
  const execArgv = [
    '--import',
    'tsx',
    ...flags,
    '--allow-natives-syntax',
    '--max-semi-space-size=1',
  ]
  return nextMessage(fork(listMaker, [as], { execArgv }))
}

it('what a request makes is young, also where much that was made before it lives long', async () => {
  expect(await countYoungLists([])).toBe(0) // which is what is prevented
  // But for one that a collection in between has moved.
  expect(await countYoungLists(expectedFlags)).toBeGreaterThan(990)
  expect(await countYoungLists([], 'latchkey start')).toBeGreaterThan(990)
})
