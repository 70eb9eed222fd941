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
  /** Called once when another process has taken the folder. The caller must stop writing at once. */
  onLost: (error: Error) => void
  /** Milliseconds between two heartbeats of the holder. */
  heartbeatMs?: number
  /** Milliseconds without a heartbeat after which a holder on another machine counts as dead. */
  staleMs?: number
}

const defaults = { heartbeatMs: 2_000, staleMs: 10_000 }

export interface FolderLock {
  release: () => void
}

/**
 * Locks `dataDir` for this process. Throws an error that names the holder when another process has it.
 *
 * `${dataDir}/lock` holds numbered files, and the highest number is the lock. A process that finds it released, or
 * its holder dead, creates the next number. Only one process can create it (O_EXCL), and it wins if no higher number
 * exists. The highest number is never deleted and so never reused: no process can confuse a new lock with the stale
 * one that it read before.
 *
 * A holder on this machine is looked up by pid and start time. A holder on another host or in another container is
 * watched. It holds the lock while its heartbeat changes, and counts as dead after `staleMs` without a change. Only
 * changes count, measured on the watcher's own monotonic clock: the clocks of two hosts differ, and after a suspend a
 * live heartbeat looks old.
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
        // The disk may recover. But after `staleMs` without a heartbeat another process may hold the lock.
        if (performance.now() - lastHeartbeat >= staleMs) loseLock((error as Error).message)
      }
    }, heartbeatMs).unref()

    // Also when the process just exits: a restarted container then need not watch the heartbeat.
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

/** Returns when the holder has released the lock or is dead; throws when it is alive. Writes nothing. */
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
    // Without a complete record, the holder may be about to write it, or died before it could.
    const holder = parseHolder(current.text)
    const liveness = holder === undefined ? 'unknown' : livenessOf(holder, self)
    if (liveness === 'dead' || performance.now() - start >= staleMs) return
    if (liveness === 'alive' || current.heartbeat !== initial?.heartbeat)
      throw new StartupError(inUseMessage(dataDir, holder))
    if (!hasWarned)
      log.warn({ dataDir, holder }, 'the data folder may be in use: watching its holder')
    hasWarned = true
    await sleep(heartbeatMs / 4)
  }
}

/** Writes nothing. A copy made meanwhile is consistent if no process has taken the lock since. */
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
