import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { me, refresh, registerPerson, getAuthPayload } from '../../support/app/client.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'

const newSecret = () => randomBytes(32).toString('base64')

describe('tokens stay valid', () => {
  it('after a restart', async () => {
    const target = await createPersistentDatabase()
    const before = await startApp({ target })
    const person = await registerPerson(before)
    await before.close()

    const after = await startApp({ target })
    expect((await me(after, person.accessToken)).data?.me?.id).toBe(person.id)
    getAuthPayload(await refresh(after, person.refreshToken))
    await after.close()
  })

  it('while AUTH_SECRET is rotated in three deployments', async () => {
    const target = await createPersistentDatabase()
    const [old, next] = [newSecret(), newSecret()]
    const people: { accessToken: string; refreshToken: string }[] = []
    for (const secrets of [old, `${old},${next}`, `${next}, ${old}`]) {
      const app = await startApp({ target, env: { AUTH_SECRET: secrets } })
      people.push(await registerPerson(app))
      for (const { accessToken } of people) expect((await me(app, accessToken)).errors).toEqual([])
      for (const [i, { refreshToken }] of people.entries()) {
        const payload = getAuthPayload(await refresh(app, refreshToken))
        people[i] = { ...payload, refreshToken: payload.refreshToken ?? '' }
      }
      await app.close()
    }
    const last = await startApp({ target, env: { AUTH_SECRET: next } })
    for (const { refreshToken } of people) getAuthPayload(await refresh(last, refreshToken))
    await last.close()
  })
})

describe('another AUTH_SECRET', () => {
  it('stops the start, names the setting and the remedy, and changes nothing', async () => {
    const target = await createPersistentDatabase()
    const before = await startApp({ target })
    const { accessToken } = await registerPerson(before)
    await before.close()

    const wrong = newSecret()
    const failure = await startApp({ target, env: { AUTH_SECRET: wrong } }).catch(
      (error: unknown) => error as Error,
    )
    expect(failure).toMatchObject({ name: 'StartupError' })
    expect((failure as Error).message).toMatch(/AUTH_SECRET.*[Ss]tart with the secret/s)
    expect((failure as Error).message).not.toContain(wrong)

    const after = await startApp({ target })
    expect((await me(after, accessToken)).errors).toEqual([])
    await after.close()
  })
})
