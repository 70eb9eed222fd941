import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import type { DatabaseTarget } from '../../src/platform/database/database.js'
import { startApp, testSecret } from '../support/app/app.js'
import { killChild } from '../support/processes/child.js'
import { call, getAuthError, me, newEmail, registerPerson, signIn } from '../support/app/client.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import {
  commandOf,
  environmentOf,
  niceOf,
  niceOfThreads,
  parentOf,
  findProcesses,
  cpuTicksOf,
} from '../support/processes/proc.js'
import {
  databaseSettings,
  startServerProcess,
  type ServerProcess,
} from '../support/processes/server-process.js'

// Each test starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

const pollOptions = { timeout: 20_000, interval: 20 }

async function start(env: Record<string, string> = {}, target?: DatabaseTarget) {
  const server = await startServerProcess({
    ...databaseSettings(target ?? (await createPersistentDatabase())),
    AUTH_SECRET: testSecret,
    ARGON2_CONCURRENCY: '1',
    ...env,
  })
  onTestFinished(() => killChild(server.child))
  return server
}

async function stop({ child }: ServerProcess, signal: NodeJS.Signals) {
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exited) as [number | null]
  return code
}

const guess = async (server: ServerProcess) => {
  const input = { email: newEmail(), password: 'not the right one' }
  const { data } = await call(server, LoginDocument, { input })
  return getAuthError(data?.login).code
}
const guesses = (server: ServerProcess, length: number) =>
  Array.from({ length }, () => guess(server))

const hashingProcesses = () => findProcesses('hashing-child')
const childrenOf = (parent: number | undefined) =>
  hashingProcesses().filter((pid) => parentOf(pid) === parent)

/** Sends guesses until the hashing process of this server has used CPU time. Returns its pid. */
async function hashingProcess(server: ServerProcess, exceptPid = 0): Promise<number> {
  await guess(server)
  const found = () =>
    childrenOf(server.child.pid).find((pid) => pid !== exceptPid && isReady(pid)) ?? 0
  await expect.poll(found, pollOptions).toBeGreaterThan(0)
  const pid = found()
  const cpuTicksBefore = cpuTicksOf(pid)
  const isWorking = async () => {
    await guess(server)
    return cpuTicksOf(pid) > cpuTicksBefore
  }
  await expect.poll(isWorking, pollOptions).toBe(true)
  return pid
}

/** The hashing process lowers its priority as the last step before it accepts passwords. */
const isReady = (pid: number) => niceOf(pid) === 10

const isGone = (pid: number) => !hashingProcesses().includes(pid)

describe.skipIf(process.platform !== 'linux')('the hashing process', () => {
  it('hashes in a child of low priority that receives no secret', async () => {
    const server = await start({ SOMETHING_PRIVATE: 'hunter2' })
    expect(childrenOf(server.child.pid)).toEqual([]) // no user has typed a password
    const pid = await hashingProcess(server)
    expect(childrenOf(server.child.pid)).toEqual([pid])

    const before = cpuTicksOf(pid)
    await Promise.all(guesses(server, 25))
    expect(cpuTicksOf(pid) - before).toBeGreaterThan(15)
    expect(niceOfThreads(pid).length).toBeGreaterThan(2)
    expect(new Set(niceOfThreads(pid))).toEqual(new Set([10]))
    expect(niceOf(server.child.pid ?? 0)).toBeLessThan(10)

    const variables = environmentOf(pid).split('\0').filter(Boolean)
    const names = variables.map((variable) => variable.slice(0, variable.indexOf('=')))
    expect(names.filter((name) => !name.startsWith('NODE_CHANNEL_'))).toEqual([
      'UV_THREADPOOL_SIZE',
    ])
    expect(commandOf(pid)).not.toMatch(/postgres|hunter2/)
    expect(`${variables.join()} ${commandOf(pid)}`).not.toContain(testSecret)
  })

  it('that is killed during sign-ins fails none of them, and restarts', async () => {
    const server = await start({ ARGON2_ITERATIONS: '4' })
    const person = await registerPerson(server)
    const pid = await hashingProcess(server)

    const flood = guesses(server, 10)
    const right = Array.from({ length: 5 }, () => signIn(server, person))
    await Promise.race(flood)
    process.kill(pid, 'SIGKILL')
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['INVALID_CREDENTIALS']))
    expect((await Promise.all(right)).map(({ id }) => id)).toEqual(right.map(() => person.id))
    expect(server.output()).toContain('the hashing process is gone')

    const next = await hashingProcess(server, pid)
    expect(childrenOf(server.child.pid)).toEqual([next])
    process.kill(next, 'SIGKILL') // and more than once
    await expect.poll(() => isGone(next), pollOptions).toBe(true)
    expect(await guess(server)).toBe('INVALID_CREDENTIALS')
    expect((await me(server, person.accessToken)).data?.me?.id).toBe(person.id)
    await hashingProcess(server, next)
  })

  it.each<[NodeJS.Signals, number | null]>([
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ])('leaves no child behind after %s', async (signal, code) => {
    const server = await start()
    const pid = await hashingProcess(server)
    const inFlight = Promise.allSettled(guesses(server, 10))
    await guess(server)
    expect(isGone(pid)).toBe(false)
    expect(await stop(server, signal)).toBe(code)
    await expect.poll(() => isGone(pid), pollOptions).toBe(true)
    await inFlight
  })

  it('answers requests in flight when Ctrl-C reaches both processes', async () => {
    const server = await start({ ARGON2_ITERATIONS: '4' })
    const pid = await hashingProcess(server)
    const inFlight = guesses(server, 10)
    await Promise.race(inFlight)
    // As a terminal does: to each process of the group.
    process.kill(pid, 'SIGINT')
    expect(await stop(server, 'SIGINT')).toBe(0)
    expect(await Promise.all(inFlight)).toEqual(inFlight.map(() => 'INVALID_CREDENTIALS'))
    expect(server.output()).not.toContain('the hashing process is gone')
    await expect.poll(() => isGone(pid), pollOptions).toBe(true)
  })

  it('makes hashes that the server verifies without a child, and vice versa', async () => {
    const target = await createPersistentDatabase()
    const shared = await startApp({ target, optimizations: { hashingProcess: false } })
    const first = await registerPerson(shared)
    expect(childrenOf(process.pid)).toEqual([])
    await shared.close()

    const ownProcessServer = await start({}, target)
    const pid = await hashingProcess(ownProcessServer)
    const cpuTicksBefore = cpuTicksOf(pid)
    for (let i = 0; i < 5; i += 1) expect((await signIn(ownProcessServer, first)).id).toBe(first.id)
    const second = await registerPerson(ownProcessServer)
    expect(cpuTicksOf(pid)).toBeGreaterThan(cpuTicksBefore)
    await stop(ownProcessServer, 'SIGTERM')

    const sharedAgain = await startApp({ target, optimizations: { hashingProcess: false } })
    onTestFinished(sharedAgain.close)
    for (const each of [first, second]) {
      expect((await signIn(sharedAgain, each)).id).toBe(each.id)
    }
    expect(childrenOf(process.pid)).toEqual([])
  })
})
