import { afterAll, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { logout, getRefusalReason, registerPerson, signIn } from '../../support/app/client.js'

const app = await startApp({ env: { SESSION_MAX_AGE: '40d', REFRESH_IDLE_TTL: '40d' } })
afterAll(app.close)

const runCleanUpJob = async () => {
  const job = app.app.services.jobs.find(({ name }) => name === 'remove expired sessions')
  await job?.run(new AbortController().signal)
}

it('removes only sessions that ended 30 days ago, with their refresh tokens', async () => {
  const person = await registerPerson(app)
  const ended = await signIn(app, person)
  await logout(app, ended.refreshToken)

  app.clock.advance('29d')
  await runCleanUpJob()
  expect(await app.db.session.count({ where: { userId: person.id } })).toBe(2)

  app.clock.advance('2d') // 31 days after the sign-out
  await runCleanUpJob()
  expect(await app.db.session.findMany({ select: { id: true } })).toEqual([
    { id: person.sessionId },
  ])
  expect(await app.db.refreshToken.count()).toBe(1)

  app.clock.advance('38d') // 29 days after the absolute limit of the other session
  await runCleanUpJob()
  expect(await app.db.session.count()).toBe(1)
  app.clock.advance('2d')
  await runCleanUpJob()
  expect(await app.db.session.count()).toBe(0)
  expect(await getRefusalReason(app, person.accessToken)).toBe('TOKEN_EXPIRED')
})
