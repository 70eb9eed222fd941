import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { programArgs, workingFolder } from './program.js'

// A start from the sources takes some 5 s of CPU time, and minutes on a busy machine.
const startTimeoutMs = 180_000

export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** The output so far. */
  readonly output: () => string
}

/**
 * Starts the server of a checkout in a process of its own, and waits until it is ready. `ipc` adds a message channel.
 */
export async function startServerProcess(
  env: Record<string, string>,
  program = programArgs('main'),
  { ipc = false } = {},
): Promise<ServerProcess> {
  const port = await freePort()
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env
  const child = spawn(process.execPath, program, {
    cwd: workingFolder,
    env: { PATH, HOME, TMPDIR, PORT: String(port), RATE_LIMIT_FACTOR: '1000', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const url = `http://127.0.0.1:${port}`
  const startMs = performance.now()
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - startMs > startTimeoutMs) {
      child.kill('SIGKILL')
      throw new Error(`the server did not start:\n${output}`)
    }
    await sleep(50)
  }
  return { url, child, output: () => output }
}

/** The settings by which another process uses that database. */
export function databaseSettings(target: DatabaseTarget): Record<string, string> {
  switch (target.kind) {
    case 'postgres':
      return { DATABASE_URL: target.url }
    case 'embedded':
      return { DATA_DIR: target.dataDir }
    case 'engine':
      throw new Error('no other process can use a database in memory')
  }
}

const isReady = (url: string) =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
