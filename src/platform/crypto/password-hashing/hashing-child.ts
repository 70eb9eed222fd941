import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { loadEngine, type EngineName } from './argon2-engine.js'
import { runHashing, type HashingJob, type HashingResult } from './hashing-job.js'

// The process that hashes and does nothing else: see hashing-process.ts.

// A terminal's Ctrl-C reaches the whole group: requests in flight are still answered. The end of the
// connection, which is also the server's death, is the sign to stop.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit())

// What the server found to load there, so that both hash alike.
const engine = await loadEngine(process.argv[2] as EngineName)

process.on('message', ({ id, work }: HashingJob) => {
  runHashing(engine, work).then(
    (value) => {
      sendToParent({ id, value })
    },
    (error: unknown) => {
      sendToParent({ id, error: error instanceof Error ? error.message : 'failed' })
    },
  )
})

lowerPriority()
sendToParent('ready')

/** Whoever does not listen any more is gone, and that ends this process, too. */
function sendToParent(message: 'ready' | HashingResult) {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/**
 * Below normal (nice 10). Nice 19 and the kernel's idle class are hardly better for `me` (its p99 under a two-fold
 * overload of sign-ins: 6.2 ms, 5.5 and 5.3), and beside busy neighbours they would hardly ever hash. On Linux each
 * thread has a priority of its own, and those that hash exist already.
 */
function lowerPriority() {
  try {
    const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0]
    for (const thread of threads) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Not allowed here: hashing then competes as it would without this process.
  }
}
