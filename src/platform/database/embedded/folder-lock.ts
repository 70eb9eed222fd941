import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartupError } from '../../errors.js'
import type { Log } from '../log.js'
import { beat, claim, highestIn, lockFile, look, markReleased } from './lock-files.js'
import { fateOf, type Holder, parseHolder, thisProcess } from './lock-holder.js'

export interface FolderLockOptions {
  log: Log
  /**
   * Called once when another process has taken the folder; whoever writes to it must stop at once.
   */
  onLost: (error: Error) => void
  /** Milliseconds between two signs of life of the holder. */
  heartbeatMs?: number
  /**
   * Milliseconds without a sign of life after which a holder that cannot be asked counts as dead.
   */
  staleMs?: number
}

const defaults = { heartbeatMs: 2_000, staleMs: 10_000 }

export interface FolderLock {
  release: () => void
}

/**
 * Locks `dataDir` for this process. Throws, naming the holder, when another process has it.
 *
 * `${dataDir}/lock` holds numbered files, and the highest number is the lock. Whoever finds it
 * released or its holder dead creates the next number, which only one process can (O_EXCL), and has
 * won if no higher number is there. The highest number is never deleted and so never used again:
 * nobody can mistake a new lock for the stale one that he looked at a moment ago.
 *
 * A holder on this machine is looked up by pid and start time. One elsewhere (another host or
 * container) is watched: it holds the lock if its heartbeat moves, and is dead when it has not for
 * `staleMs`. Only changes count, measured on the watcher's own monotonic clock, because the clocks
 * of two hosts differ and after a suspend a live heartbeat looks old.
 */
export async function lockFolder(
  dataDir: string,
  { log, onLost, ...times }: FolderLockOptions,
): Promise<FolderLock> {
  const { heartbeatMs, staleMs } = { ...defaults, ...times }
  const folder = join(dataDir, 'lock')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const me = thisProcess()
  for (;;) {
    const highest = highestIn(folder)
    if (highest > 0)
      await untilFree(dataDir, lockFile(folder, highest), { log, heartbeatMs, staleMs })
    const fd = claim(folder, highest + 1, JSON.stringify(me))
    if (fd !== undefined) return hold(folder, highest + 1, fd)
  }

  function hold(folder: string, number: number, fd: number): FolderLock {
    let lastBeat = performance.now()
    const timer = setInterval(() => {
      try {
        beat(fd)
        if (highestIn(folder) === number) lastBeat = performance.now()
        else lose('another process has taken it, or its files were deleted')
      } catch (error) {
        // A disk may recover; but who has shown no heartbeat for so long may have been replaced.
        if (performance.now() - lastBeat >= staleMs) lose((error as Error).message)
      }
    }, heartbeatMs).unref()

    // Also when the process just exits: a container that starts anew then need not watch the
    // heartbeat.
    process.once('exit', release)
    return { release }

    function release() {
      stop()
      markReleased(fd)
    }
    function lose(reason: string) {
      stop()
      onLost(new Error(`the lock on the data folder ${dataDir} is lost: ${reason}`))
    }
    function stop() {
      clearInterval(timer)
      process.off('exit', release)
    }
  }
}

type Watching = Required<Pick<FolderLockOptions, 'log' | 'heartbeatMs' | 'staleMs'>>

/** Returns when the holder of that lock has released it or is dead, and throws when it is alive. Writes nothing. */
async function untilFree(dataDir: string, file: string, { log, heartbeatMs, staleMs }: Watching) {
  const me = thisProcess()
  const first = look(file)
  const start = performance.now()
  for (let now = first, told = false; now !== undefined && !now.released; now = look(file)) {
    // Without a whole record, its holder may be about to write it, or died before it could.
    const holder = parseHolder(now.text)
    const fate = holder === undefined ? 'unknown' : fateOf(holder, me)
    if (fate === 'dead' || performance.now() - start >= staleMs) return
    if (fate === 'alive' || now.beat !== first?.beat) throw new StartupError(inUse(dataDir, holder))
    if (!told) log.warn({ dataDir, holder }, 'the data folder was in use: watching its holder')
    told = true
    await sleep(heartbeatMs / 4)
  }
}

/** Writes nothing: what a reader copies meanwhile is whole if nobody has taken the lock since. */
export async function watchFolder(dataDir: string, log: Log) {
  const folder = join(dataDir, 'lock')
  const highest = existsSync(folder) ? highestIn(folder) : 0
  const file = lockFile(folder, highest)
  if (highest > 0) await untilFree(dataDir, file, { log, ...defaults })
  const before = highest > 0 ? look(file) : undefined
  return {
    refuseTaken() {
      const now = existsSync(folder) ? highestIn(folder) : 0
      const isSame = now === highest && look(file)?.beat === before?.beat
      if (!isSame) throw new StartupError(inUse(dataDir, undefined))
    },
  }
}

function inUse(dataDir: string, holder: Holder | undefined): string {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return (
    `the data folder ${dataDir} is in use by ${who}. Stop that process or choose another folder ` +
    'with DATA_DIR; servers that work together need PostgreSQL (DATABASE_URL)'
  )
}
