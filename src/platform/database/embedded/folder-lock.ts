import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartupError } from '../../errors.js'
import type { Log } from '../log.js'
import {
  claimLock,
  highestLockNumber,
  lockFilePath,
  readLock,
  markReleased,
  writeHeartbeat,
} from './lock-files.js'
import { livenessOf, type LockHolder, parseHolder, thisProcess } from './lock-holder.js'

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
  const self = thisProcess()
  for (;;) {
    const highest = highestLockNumber(folder)
    if (highest > 0)
      await waitUntilFree(dataDir, lockFilePath(folder, highest), { log, heartbeatMs, staleMs })
    const fd = claimLock(folder, highest + 1, JSON.stringify(self))
    if (fd !== undefined) return holdLock(folder, highest + 1, fd)
  }

  function holdLock(folder: string, number: number, fd: number): FolderLock {
    let lastHeartbeat = performance.now()
    const timer = setInterval(() => {
      try {
        writeHeartbeat(fd)
        if (highestLockNumber(folder) === number) lastHeartbeat = performance.now()
        else loseLock('another process has taken it, or its files were deleted')
      } catch (error) {
        // A disk may recover; but who has shown no heartbeat for so long may have been replaced.
        if (performance.now() - lastHeartbeat >= staleMs) loseLock((error as Error).message)
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
    function loseLock(reason: string) {
      stop()
      onLost(new Error(`the lock on the data folder ${dataDir} is lost: ${reason}`))
    }
    function stop() {
      clearInterval(timer)
      process.off('exit', release)
    }
  }
}

type WatchOptions = Required<Pick<FolderLockOptions, 'log' | 'heartbeatMs' | 'staleMs'>>

/** Returns when the holder of that lock has released it or is dead, and throws when it is alive. Writes nothing. */
async function waitUntilFree(
  dataDir: string,
  file: string,
  { log, heartbeatMs, staleMs }: WatchOptions,
) {
  const self = thisProcess()
  const initial = readLock(file)
  const start = performance.now()
  for (
    let current = initial, hasWarned = false;
    current !== undefined && !current.released;
    current = readLock(file)
  ) {
    // Without a whole record, its holder may be about to write it, or died before it could.
    const holder = parseHolder(current.text)
    const liveness = holder === undefined ? 'unknown' : livenessOf(holder, self)
    if (liveness === 'dead' || performance.now() - start >= staleMs) return
    if (liveness === 'alive' || current.heartbeat !== initial?.heartbeat)
      throw new StartupError(inUseMessage(dataDir, holder))
    if (!hasWarned) log.warn({ dataDir, holder }, 'the data folder was in use: watching its holder')
    hasWarned = true
    await sleep(heartbeatMs / 4)
  }
}

/** Writes nothing: what a reader copies meanwhile is whole if nobody has taken the lock since. */
export async function watchFolderLock(dataDir: string, log: Log) {
  const folder = join(dataDir, 'lock')
  const highest = existsSync(folder) ? highestLockNumber(folder) : 0
  const file = lockFilePath(folder, highest)
  if (highest > 0) await waitUntilFree(dataDir, file, { log, ...defaults })
  const before = highest > 0 ? readLock(file) : undefined
  return {
    assertNotTaken() {
      const current = existsSync(folder) ? highestLockNumber(folder) : 0
      const isUnchanged = current === highest && readLock(file)?.heartbeat === before?.heartbeat
      if (!isUnchanged) throw new StartupError(inUseMessage(dataDir, undefined))
    },
  }
}

function inUseMessage(dataDir: string, holder: LockHolder | undefined): string {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return (
    `the data folder ${dataDir} is in use by ${who}. Stop that process or choose another folder ` +
    'with DATA_DIR; servers that work together need PostgreSQL (DATABASE_URL)'
  )
}
