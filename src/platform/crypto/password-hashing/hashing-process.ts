import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Argon2Engine } from './argon2-engine.js'
import { runHashing, type HashingWork, type HashingJob, type HashingResult } from './hashing-job.js'

interface Pending {
  readonly work: HashingWork
  readonly resolve: (value: Promise<string | boolean> | string | boolean) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const program = fileURLToPath(new URL(`./hashing-child.${extension}`, import.meta.url))

// Milliseconds. A hash takes some 30 ms; a suspended or swapped-out process never answers.
const timeoutMs = 10_000
const firstRestartDelayMs = 1_000
const maxRestartDelayMs = 60_000

/**
 * Hashes in a process of low priority, so that the event loop always gets a core. Otherwise hashing on all cores
 * makes the slowest `me` requests several times slower. The first hash starts the process.
 * While it is not available, this process hashes with `localEngine`: a lost process must never make a correct
 * password fail.
 */
export function createHashingProcess(
  concurrency: number,
  localEngine: Argon2Engine,
  log: Logger,
): Argon2Engine {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let child: ChildProcess | null = null
  let ready = false
  let started = false
  let closed = false
  let lossCount = 0
  let restartTimer: NodeJS.Timeout | undefined

  function start() {
    started = true
    let newChild: ChildProcess
    try {
      newChild = fork(program, [localEngine.name], {
        // No secrets and no settings: the process needs none. Its number of threads limits the hashes at a time.
        env: { UV_THREADPOOL_SIZE: String(concurrency) },
        execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
    } catch (error) {
      handleLoss(null, error) // no memory, or not allowed
      return
    }
    child = newChild
    const readyTimer = setTimeout(() => {
      handleLoss(newChild, new Error(`it was not ready within ${timeoutMs} ms`))
    }, timeoutMs).unref()
    newChild.on('message', (message: 'ready' | HashingResult) => {
      if (newChild !== child) return
      if (message !== 'ready') {
        settle(message)
        return
      }
      clearTimeout(readyTimer)
      ready = true
      for (const [id, { work }] of pending) send(newChild, { id, work })
    })
    newChild.once('error', (error) => {
      handleLoss(newChild, error)
    })
    newChild.once('exit', (code, signal) => {
      handleLoss(newChild, new Error(`it exited with ${signal ?? code ?? 'nothing'}`))
    })
    // The process alone does not keep the server alive; a request that waits for a hash does.
    newChild.unref()
    newChild.channel?.unref()
  }

  function handleLoss(lostChild: ChildProcess | null, error: unknown) {
    if (lostChild !== child || closed) return // an earlier process, already handled
    const delayMs = Math.min(firstRestartDelayMs * 2 ** lossCount, maxRestartDelayMs)
    lossCount += 1
    log.error({ err: error }, 'the hashing process is gone: passwords are hashed in the server')
    restartTimer = setTimeout(start, delayMs).unref()
    fallBackToLocal()
  }

  /** Stops the process and computes its pending hashes here. */
  function fallBackToLocal() {
    child?.kill('SIGKILL')
    child = null
    ready = false
    for (const [id, { work, resolve, timer }] of pending) {
      pending.delete(id)
      clearTimeout(timer)
      resolve(runHashing(localEngine, work))
    }
  }

  function settle(result: HashingResult) {
    const job = pending.get(result.id)
    if (!job) return
    pending.delete(result.id)
    clearTimeout(job.timer)
    lossCount = 0
    if ('value' in result) job.resolve(result.value)
    else job.reject(new Error(result.error))
  }

  function run(work: HashingWork): Promise<string | boolean> {
    if (!started) start()
    const hashingChild = child
    if (!hashingChild) return runHashing(localEngine, work)
    return new Promise((resolve, reject) => {
      const id = (lastId += 1)
      const timer = setTimeout(() => {
        handleLoss(hashingChild, new Error(`it took more than ${timeoutMs} ms for a hash`))
      }, timeoutMs).unref()
      pending.set(id, { work, resolve, reject, timer })
      if (ready) send(hashingChild, { id, work })
    })
  }

  function send(hashingChild: ChildProcess, job: HashingJob) {
    hashingChild.send(job, (error) => {
      if (error) handleLoss(hashingChild, error)
    })
  }

  return {
    name: localEngine.name,
    hash: async (password, parameters) => String(await run({ kind: 'hash', password, parameters })),
    verify: async (stored, password) => (await run({ kind: 'verify', stored, password })) === true,
    close() {
      started = true // prevents a new start
      closed = true
      clearTimeout(restartTimer)
      fallBackToLocal()
    },
  }
}
