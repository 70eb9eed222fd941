import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { argon2Here, type Argon2Engine, type Argon2Parameters } from './argon2-engine.js'

type Work =
  | {
      readonly kind: 'hash'
      readonly password: string
      readonly parameters: Argon2Parameters
    }
  | { readonly kind: 'verify'; readonly stored: string; readonly password: string }

export interface Job {
  readonly id: number
  readonly work: Work
}

export type JobResult =
  | { readonly id: number; readonly value: string | boolean }
  | { readonly id: number; readonly error: string }

interface Pending {
  readonly work: Work
  readonly resolve: (value: string | boolean) => void
  readonly reject: (error: Error) => void
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const program = fileURLToPath(new URL(`./hashing-child.${extension}`, import.meta.url))

// Milliseconds before a process that died is started again.
const restartDelay = 1_000

/**
 * Hashes in a process of the lowest priority, so that the event loop gets a core whenever it has something to do:
 * with all cores hashing, `me` takes at most three times as long as in an idle house, where threads of this
 * process made it eight times. Started by the first hash. Until it is ready, and while it is not there, this
 * process hashes.
 */
export function createHashingProcess(concurrency: number, log: Logger): Argon2Engine {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let child: ChildProcess | null = null
  let ready = false
  let closed = false
  let restarting: NodeJS.Timeout | undefined

  function start() {
    child = fork(program, [], {
      // Neither secrets nor settings: it needs none.
      env: { UV_THREADPOOL_SIZE: String(concurrency + 1) },
      execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (message: 'ready' | JobResult) => {
      if (message === 'ready') ready = true
      else settle(message)
    })
    child.once('error', lost)
    child.once('exit', (code, signal) => {
      lost(new Error(`it exited with ${signal ?? code ?? 'nothing'}`))
    })
    // Alone it keeps no process alive; a hash that somebody waits for does, by its request.
    child.unref()
    child.channel?.unref()
  }

  function lost(error: Error) {
    if (closed || !child) return
    log.error({ err: error }, 'the hashing process is gone: passwords are hashed in the server')
    child = null
    ready = false
    restarting = setTimeout(start, restartDelay).unref()
    for (const [id, { work, resolve, reject }] of pending) {
      pending.delete(id)
      workHere(work).then(resolve, reject)
    }
  }

  function settle(result: JobResult) {
    const job = pending.get(result.id)
    pending.delete(result.id)
    if ('value' in result) job?.resolve(result.value)
    else job?.reject(new Error(result.error))
  }

  function run(work: Work): Promise<string | boolean> {
    if (!child && !restarting && !closed) start()
    if (!child || !ready) return workHere(work)
    const hashing = child
    return new Promise((resolve, reject) => {
      const id = (lastId += 1)
      pending.set(id, { work, resolve, reject })
      hashing.send({ id, work } satisfies Job, (error) => {
        if (error) lost(error)
      })
    })
  }

  return {
    hash: async (password, parameters) => String(await run({ kind: 'hash', password, parameters })),
    verify: async (stored, password) => (await run({ kind: 'verify', stored, password })) === true,
    close() {
      closed = true
      clearTimeout(restarting)
      if (child?.connected) child.disconnect()
    },
  }
}

const workHere = (work: Work): Promise<string | boolean> =>
  work.kind === 'hash'
    ? argon2Here.hash(work.password, work.parameters)
    : argon2Here.verify(work.stored, work.password)
