import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Argon2Engine } from './argon2-engine.js'
import { perform, type HashingWork, type Job, type JobResult } from './hashing-job.js'

interface Pending {
  readonly work: HashingWork
  readonly resolve: (value: Promise<string | boolean> | string | boolean) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const program = fileURLToPath(new URL(`./hashing-child.${extension}`, import.meta.url))

// Milliseconds. A hash takes some 30; a process that is suspended or swapped out takes for ever.
const patience = 10_000
const firstRestartDelay = 1_000
const longestRestartDelay = 60_000

/**
 * Hashes in a process of low priority, so that the event loop gets a core whenever it has something to do:
 * with all cores hashing, the slowest of `me` take two to four times as long as in an idle house, where threads of
 * this process made it eight times. Started by the first hash. While it is not there, this process hashes (`here`):
 * whatever happens to the other one, nobody's password is wrong for it.
 */
export function createHashingProcess(
  concurrency: number,
  here: Argon2Engine,
  log: Logger,
): Argon2Engine {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let child: ChildProcess | null = null
  let ready = false
  let started = false
  let closed = false
  let losses = 0
  let restarting: NodeJS.Timeout | undefined

  function start() {
    started = true
    let starting: ChildProcess
    try {
      starting = fork(program, [here.name], {
        // Neither secrets nor settings: it needs none. Its threads are what bounds how many hash at a time.
        env: { UV_THREADPOOL_SIZE: String(concurrency) },
        execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
    } catch (error) {
      lost(null, error) // no memory, or not allowed
      return
    }
    child = starting
    const toBeReady = setTimeout(() => {
      lost(starting, new Error(`it was not ready within ${patience} ms`))
    }, patience).unref()
    starting.on('message', (message: 'ready' | JobResult) => {
      if (starting !== child) return
      if (message !== 'ready') {
        settle(message)
        return
      }
      clearTimeout(toBeReady)
      ready = true
      for (const [id, { work }] of pending) send(starting, { id, work })
    })
    starting.once('error', (error) => {
      lost(starting, error)
    })
    starting.once('exit', (code, signal) => {
      lost(starting, new Error(`it exited with ${signal ?? code ?? 'nothing'}`))
    })
    // Alone it keeps no process alive; a hash that somebody waits for does, by its request.
    starting.unref()
    starting.channel?.unref()
  }

  function lost(which: ChildProcess | null, error: unknown) {
    if (which !== child || closed) return // an earlier one, of which we know
    const delay = Math.min(firstRestartDelay * 2 ** losses, longestRestartDelay)
    losses += 1
    log.error({ err: error }, 'the hashing process is gone: passwords are hashed in the server')
    restarting = setTimeout(start, delay).unref()
    abandon()
  }

  /** Does without the process: what it was asked is done here. */
  function abandon() {
    child?.kill('SIGKILL')
    child = null
    ready = false
    for (const [id, { work, resolve, timer }] of pending) {
      pending.delete(id)
      clearTimeout(timer)
      resolve(perform(here, work))
    }
  }

  function settle(result: JobResult) {
    const job = pending.get(result.id)
    if (!job) return
    pending.delete(result.id)
    clearTimeout(job.timer)
    losses = 0
    if ('value' in result) job.resolve(result.value)
    else job.reject(new Error(result.error))
  }

  function run(work: HashingWork): Promise<string | boolean> {
    if (!started) start()
    const hashing = child
    if (!hashing) return perform(here, work)
    return new Promise((resolve, reject) => {
      const id = (lastId += 1)
      const timer = setTimeout(() => {
        lost(hashing, new Error(`it took more than ${patience} ms for a hash`))
      }, patience).unref()
      pending.set(id, { work, resolve, reject, timer })
      if (ready) send(hashing, { id, work })
    })
  }

  function send(hashing: ChildProcess, job: Job) {
    hashing.send(job, (error) => {
      if (error) lost(hashing, error)
    })
  }

  return {
    name: here.name,
    hash: async (password, parameters) => String(await run({ kind: 'hash', password, parameters })),
    verify: async (stored, password) => (await run({ kind: 'verify', stored, password })) === true,
    close() {
      started = true // and never again
      closed = true
      clearTimeout(restarting)
      abandon()
    },
  }
}
