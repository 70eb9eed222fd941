import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { loadEngine, type EngineName } from './argon2-engine.js'
import { runHashing, type HashingJob, type HashingResult } from './hashing-job.js'

// The process that only hashes passwords: see hashing-process.ts.

// A terminal's Ctrl-C signals the whole process group, but requests in flight still need their hashes. The process
// stops when the IPC connection closes, which also happens when the server dies.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit())

// The engine that the server loaded, so that both processes hash alike.
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

/** A failed send means that the server is gone; the disconnect then ends this process too. */
function sendToParent(message: 'ready' | HashingResult) {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/**
 * Lowers the priority to nice 10. Nice 19 and the kernel's idle class are hardly better for `me`, and next to busy
 * processes they would hardly ever hash. On Linux each thread has its own priority, and the hashing threads exist
 * already.
 */
function lowerPriority() {
  try {
    const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0]
    for (const thread of threads) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Not permitted here: hashing then competes with the server as it would in the same process.
  }
}
