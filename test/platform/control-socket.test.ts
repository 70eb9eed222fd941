// Access to the control socket gives access to all accounts. Only its owner can open it, from the moment of its
// creation.
import { chmodSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { listenForCommands } from '../../src/compose/cli/listen-for-commands.js'
import type { Services } from '../../src/compose/services.js'
import { killChild, nextMessage, startChild } from '../support/processes/child.js'
import { createTemporaryFolder } from '../support/database/persistent-database.js'

// This test starts a process, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

const listener = new URL('children/command-listener.ts', import.meta.url)
const services = {} as Services
const modeOf = (path: string) => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat && (stat.mode & 0o777).toString(8)
}

/** Polls the permissions continuously, from before the socket exists until 100 ms after. */
function watchModes(path: string) {
  const modesSeen = new Set<string>()
  let endMs = performance.now() + 30_000
  while (performance.now() < endMs) {
    const mode = modeOf(path)
    if (mode === undefined) continue
    if (modesSeen.size === 0) endMs = performance.now() + 100
    modesSeen.add(mode)
  }
  return [...modesSeen]
}

it('has its permissions from the first moment, with a umask of 0 in a world-writable folder', async () => {
  const dataDir = createTemporaryFolder()
  chmodSync(dataDir, 0o777)
  const child = startChild(listener, dataDir)
  onTestFinished(() => killChild(child))
  expect(watchModes(join(dataDir, 'control', 'sock'))).toEqual(['600'])
  expect(modeOf(join(dataDir, 'control'))).toBe('700')
  expect(await nextMessage(child)).toBe(0) // the umask is unchanged
})

it('restricts a folder that was open, and refuses a path that is not a folder', async () => {
  const dataDir = createTemporaryFolder()
  mkdirSync(join(dataDir, 'control'), { mode: 0o777 })
  chmodSync(join(dataDir, 'control'), 0o777)
  const server = await listenForCommands(dataDir, services)
  expect(modeOf(join(dataDir, 'control'))).toBe('700')
  await server.close()

  const otherFolder = createTemporaryFolder()
  symlinkSync(join(dataDir, 'control'), join(otherFolder, 'control'))
  await expect(listenForCommands(otherFolder, services)).rejects.toThrow(
    'control is not a folder of this user',
  )
})
