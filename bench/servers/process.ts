import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../test/support/processes/server-process.js'
import { readLastLines } from '../support/last-lines.js'

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Answers without a server error once the server is ready. */
  readonly readyPath: string
  /** The output goes to this file, as with a service. */
  readonly log: string
}

export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Milliseconds from its start until it was ready. */
  readonly startupMs: number
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

const timeoutMs = 60_000

export async function startProcess(program: Program): Promise<ServerProcess> {
  const { command, args, cwd, env, readyPath } = program
  const port = await freePort()
  const log = openSync(program.log, 'a')
  const { PATH = '', HOME = '' } = process.env
  const start = performance.now()
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, PORT: String(port), ...env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const exited = once(child, 'exit')
  exited.catch(() => undefined)

  async function stop(signal: NodeJS.Signals = 'SIGTERM') {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(timer)
  }

  while (!(await isReady(port, readyPath))) {
    const isLate = performance.now() - start > timeoutMs
    if (isLate || child.exitCode !== null || child.signalCode !== null) {
      await stop('SIGKILL')
      throw new Error(`${command} ${args.join(' ')} did not start:\n${readLastLines(program.log)}`)
    }
    await sleep(10)
  }
  return { pid: child.pid ?? 0, port, startupMs: performance.now() - start, stop }
}

const isReady = (port: number, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    ({ status }) => status < 500,
    () => false,
  )
