// A process that locks, holds and releases folders on request of its parent.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FolderLock, lockFolder } from '../../../src/platform/database/embedded/folder-lock.js'
import { silentLog } from '../../support/database/database-url.js'

export type Request =
  | { kind: 'lock'; dataDir: string; at?: number; staleMs?: number }
  | { kind: 'release' }
  /** Locks and releases `times` times. Fails if it ever finds another holder inside. */
  | { kind: 'take turns'; dataDir: string; times: number }

export interface Reply {
  held: boolean
  message: string
}

let lock: FolderLock | undefined

async function acquire(dataDir: string, staleMs = 60_000): Promise<Reply> {
  try {
    const onLost = (error: Error) => {
      throw error
    }
    lock = await lockFolder(dataDir, { log: silentLog, onLost, heartbeatMs: 50, staleMs })
    return { held: true, message: '' }
  } catch (error) {
    return { held: false, message: (error as Error).message }
  }
}

async function takeTurns(dataDir: string, times: number): Promise<Reply> {
  const witnessFile = join(dataDir, 'witness')
  for (let turn = 0; turn < times;) {
    if (!(await acquire(dataDir)).held) {
      await sleep(1)
      continue
    }
    writeFileSync(witnessFile, '', { flag: 'wx' })
    rmSync(witnessFile)
    lock?.release()
    turn += 1
  }
  return { held: false, message: 'done' }
}

async function answer(request: Request): Promise<Reply> {
  switch (request.kind) {
    case 'lock':
      // Contenders that start one by one still begin at the same time.
      while (Date.now() < (request.at ?? 0));
      return acquire(request.dataDir, request.staleMs)
    case 'take turns':
      return takeTurns(request.dataDir, request.times)
    case 'release':
      lock?.release()
      return { held: false, message: '' }
  }
}

process.on('message', (request: Request) => {
  void answer(request).then((reply) => process.send?.(reply))
})
process.send?.({ held: false, message: 'ready' } satisfies Reply)
