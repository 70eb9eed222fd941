// If a Node release drops one of our V8 flags, Node refuses to start with it (`bad option`). At runtime V8 ignores an
// unknown flag silently.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { killChild, nextMessage } from '../support/processes/child.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { programArgs, npmStartFlags } from '../support/processes/program.js'
import { databaseSettings, startServerProcess } from '../support/processes/server-process.js'
import { testSecret } from '../support/app/test-secret.js'

// This file starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

const listMaker = fileURLToPath(new URL('./children/list-maker.ts', import.meta.url))
const flagWatch = fileURLToPath(new URL('./children/flag-watch.mjs', import.meta.url))
const expectedFlags = npmStartFlags()

it('the image starts the server with the flags of `npm start`', () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const [, command = '[]'] = /^CMD (\["node".*\])$/m.exec(dockerfile) ?? []
  expect(JSON.parse(command)).toEqual(['node', ...expectedFlags, 'dist/main.js'])
})

it('docs/performance.md describes each flag of `npm start`', () => {
  const docs = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
  for (const flag of expectedFlags) expect(docs).toContain(`| \`${flag}\``)
})

it('`latchkey start` sets the flags that can be set at runtime', async () => {
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

it('allocations of a request are young, even if many earlier ones at the same site live long', async () => {
  expect(await countYoungLists([])).toBe(0) // the flag prevents this
  // A garbage collection in between may have moved one.
  expect(await countYoungLists(expectedFlags)).toBeGreaterThan(990)
  expect(await countYoungLists([], 'latchkey start')).toBeGreaterThan(990)
})
