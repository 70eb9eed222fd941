import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import type { DatabaseTarget } from '../../src/platform/database/database.js'
import { testSecret } from '../support/app/test-secret.js'
import { killChild } from '../support/processes/child.js'
import { call, getAuthError, newEmail, registerPerson, signIn } from '../support/app/client.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { memoryMapsOf, parentOf, findProcesses } from '../support/processes/proc.js'
import { databaseSettings, startServerProcess } from '../support/processes/server-process.js'

// Each test starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

/** Makes the optional package fail to load, as on a platform without a build. */
const missingPackageEnv = { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere' }

async function start(target: DatabaseTarget, env: Record<string, string>) {
  const server = await startServerProcess({
    ...databaseSettings(target),
    AUTH_SECRET: testSecret,
    ...env,
  })
  onTestFinished(() => killChild(server.child))
  /** The hashing libraries that a process has loaded. */
  const loadedLibraries = (pid = 0) =>
    ['@node-rs/argon2', '/node_modules/argon2/'].filter((path) => memoryMapsOf(pid).includes(path))
  const readHashingLibraries = async () => {
    const input = { email: newEmail(), password: 'not the right one' }
    const { data } = await call(server, LoginDocument, { input })
    expect(getAuthError(data?.login).code).toBe('INVALID_CREDENTIALS')
    const child = findProcesses('hashing-child').find((pid) => parentOf(pid) === server.child.pid)
    return { server: loadedLibraries(server.child.pid), child: loadedLibraries(child) }
  }
  return { ...server, hashing: readHashingLibraries }
}

describe.skipIf(process.platform !== 'linux')('the hashing engine', () => {
  it.each([
    ['the faster engine if it loads', {}, 'node-rs', '@node-rs/argon2'],
    ['argon2 otherwise', missingPackageEnv, 'argon2', '/node_modules/argon2/'],
  ])('is %s in both processes, and the log reports it', async (_, env, name, library) => {
    const server = await start(await createPersistentDatabase(), env)
    expect(await server.hashing()).toEqual({ server: [library], child: [library] })
    expect(server.output()).toContain(`"engine":"${name}"`)
    expect(server.output()).not.toContain('the hashing process is gone')
  })

  it('may change at a restart: every user can still sign in', async () => {
    const target = await createPersistentDatabase()
    const first = await start(target, {})
    const person = await registerPerson(first)
    await stop(first)
    const second = await start(target, missingPackageEnv)
    expect((await signIn(second, person)).id).toBe(person.id)
    const another = await registerPerson(second)
    await stop(second)
    const third = await start(target, {})
    for (const each of [person, another]) expect((await signIn(third, each)).id).toBe(each.id)
  })
})

async function stop({ child }: Awaited<ReturnType<typeof start>>) {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
}
