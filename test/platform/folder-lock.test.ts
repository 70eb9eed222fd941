import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lockFolder } from '../../src/platform/database/embedded/folder-lock.js'
import { thisProcess } from '../../src/platform/database/embedded/lock-holder.js'
import { killChild, nextMessage, startChild } from '../support/processes/child.js'
import { silentLog } from '../support/database/database-url.js'
import type { Reply, Request } from './children/lock-contender.js'

const UNUSED_PID = 2 ** 30
let dataDir: string
let children: ChildProcess[]

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-lock-'))
  children = []
})

afterEach(async () => {
  await Promise.all(children.map(killChild))
  rmSync(dataDir, { recursive: true, force: true })
})

async function startContender() {
  const child = startChild(new URL('./children/lock-contender.ts', import.meta.url))
  children.push(child)
  await nextMessage(child)
  return {
    child,
    ask: (request: Request): Promise<Reply> => {
      child.send(request)
      return nextMessage(child) as Promise<Reply>
    },
  }
}

function writeLock(content: string, folder = dataDir): string {
  mkdirSync(join(folder, 'lock'), { recursive: true })
  const file = join(folder, 'lock', '7')
  writeFileSync(file, content)
  return file
}

const lockHere = (options: { staleMs?: number; onLost?: (error: Error) => void } = {}) =>
  lockFolder(dataDir, {
    log: silentLog,
    onLost: vi.fn(),
    heartbeatMs: 20,
    staleMs: 60_000,
    ...options,
  })

describe('two processes', () => {
  it('refuses the second, naming the first and the folder', async () => {
    const holder = await startContender()
    expect(await holder.ask({ kind: 'lock', dataDir })).toMatchObject({ held: true })
    const holderName = `process ${String(holder.child.pid)} on ${hostname()}`
    await expect(lockHere()).rejects.toThrow(
      `the data folder ${dataDir} is in use by ${holderName}`,
    )
  })

  it('lets the next one in at once after a release', async () => {
    const holder = await startContender()
    await holder.ask({ kind: 'lock', dataDir })
    await holder.ask({ kind: 'release' })
    const lock = await lockHere()
    lock.release()
  })

  // staleMs is one minute here. A process that waited for the heartbeat would exceed the test's time limit.
  it('lets the next one in at once after kill -9', async () => {
    const holder = await startContender()
    await holder.ask({ kind: 'lock', dataDir })
    await killChild(holder.child)
    const lock = await lockHere()
    lock.release()
  })

  it('refuses a second lock of the same process', async () => {
    const lock = await lockHere()
    await expect(lockHere()).rejects.toThrow('in use by process')
    lock.release()
  })

  it.runIf(existsSync('/proc/self/stat'))('treats a zombie as dead', async () => {
    // `exec` leaves the shell's child to a parent that never waits for it.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
    const [output] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(output.toString())
    const started = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? ''
    writeLock(JSON.stringify({ ...thisProcess(), pid, started }))
    await expect(lockHere()).rejects.toThrow(`in use by process ${pid} on`)
    process.kill(pid, 'SIGKILL')
    const lock = await vi.waitFor(() => lockHere())
    lock.release()
    await killChild(parent)
  })
})

describe('many processes', () => {
  it('let exactly one of 6 take a stale lock, 12 times', async () => {
    const contenders = await Promise.all(Array.from({ length: 6 }, startContender))
    for (let round = 0; round < 12; round += 1) {
      const folder = join(dataDir, String(round))
      writeLock(JSON.stringify({ ...thisProcess(), pid: UNUSED_PID }), folder)
      const request: Request = { kind: 'lock', dataDir: folder, at: Date.now() + 20 }
      const replies = await Promise.all(contenders.map(({ ask }) => ask(request)))
      expect(replies.filter(({ held }) => held)).toHaveLength(1)
    }
  })

  it('let exactly one of 6 take a lock whose heartbeat has stopped, 12 times', async () => {
    const contenders = await Promise.all(Array.from({ length: 6 }, startContender))
    for (let round = 0; round < 12; round += 1) {
      const folder = join(dataDir, String(round))
      writeLock(JSON.stringify({ ...thisProcess(), namespace: 'pid:[1]' }), folder)
      const request: Request = { kind: 'lock', dataDir: folder, staleMs: 100 }
      const replies = await Promise.all(contenders.map(({ ask }) => ask(request)))
      expect(replies.filter(({ held }) => held)).toHaveLength(1)
    }
  })

  it('never hold the lock at the same time while 6 take 20 turns each', async () => {
    const contenders = await Promise.all(Array.from({ length: 6 }, startContender))
    const request: Request = { kind: 'take turns', dataDir, times: 20 }
    const replies = await Promise.all(contenders.map(({ ask }) => ask(request)))
    expect(replies.map(({ message }) => message)).toEqual(Array(6).fill('done'))
    const numbers = readdirSync(join(dataDir, 'lock')).map(Number)
    expect(Math.max(...numbers)).toBe(120)
    expect(numbers.length).toBeLessThanOrEqual(2)
  })
})

describe('a holder whose process cannot be checked', () => {
  const otherHostHolder = () =>
    JSON.stringify({ ...thisProcess(), host: 'pod-7', namespace: 'pid:[1]' })

  it('keeps the folder while its heartbeat advances', async () => {
    const file = writeLock(otherHostHolder())
    let heartbeatCount = 0
    const heartbeat = setInterval(() => {
      heartbeatCount += 1
      utimesSync(file, heartbeatCount, heartbeatCount)
    }, 20)
    await expect(lockHere()).rejects.toThrow(`process ${process.pid} on pod-7`)
    clearInterval(heartbeat)
  })

  it.each([
    ['its record is complete', otherHostHolder],
    ['it died before it could write its record', () => ''],
  ])('loses the folder when its heartbeat has stopped: %s', async (_, content) => {
    writeLock(content())
    const before = performance.now()
    const lock = await lockHere({ staleMs: 200 })
    expect(performance.now() - before).toBeGreaterThanOrEqual(200)
    lock.release()
  })

  it('is notified once that it has lost the folder', async () => {
    const onLost = vi.fn()
    await lockHere({ onLost })
    writeFileSync(join(dataDir, 'lock', '2'), otherHostHolder())
    await vi.waitFor(() => {
      expect(onLost).toHaveBeenCalledWith(
        expect.objectContaining({ message: expect.stringContaining('is lost') as string }),
      )
    })
    expect(onLost).toHaveBeenCalledOnce()
  })
})
