import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument } from '../../../src/generated/operations.js'
import { startApp } from '../../support/app.js'
import {
  call,
  failure,
  goodPassword,
  me,
  newEmail,
  refresh,
  refusalOf,
  registerPerson,
  signIn,
  succeeded,
  type Person,
} from '../../support/client.js'
import { mailTo, tokenFor } from '../../support/mail.js'
import {
  askForChange,
  askForReset,
  confirmChange,
  resetPassword,
} from '../../support/mailed-links.js'
import { auditOf, watch } from '../../support/watch.js'

const app = await startApp()
afterAll(app.close)

/** Somebody who asked for another address, and the token in the message to it. */
async function mover() {
  const person = await registerPerson(app)
  const to = newEmail()
  await askForChange(app, person.accessToken, to)
  return { person, to, token: await tokenFor(app, to) }
}

const login = async (email: string) =>
  (await call(app, LoginDocument, { input: { email, password: goodPassword } })).data?.login

const isAlive = async ({ accessToken, sessionId: id }: Person) => {
  const reason = await refusalOf(app, accessToken)
  const { endReason } = await app.db.session.findUniqueOrThrow({ where: { id } })
  expect(reason ? [reason, endReason] : null).toEqual(reason ? ['SESSION_ENDED', 'REVOKED'] : null)
  return reason === undefined
}

describe('a change that the new mailbox confirms', () => {
  it('is made, verifies the address, and is told to both', async () => {
    const { person, to, token } = await mover()
    const { id, email, sessionId } = person
    const before = (await mailTo(app, email)).length
    const result = await confirmChange(app, token)
    expect(result).toMatchObject({ __typename: 'User', id, email: to, emailVerified: true })
    expect(failure(await login(email)).code).toBe('INVALID_CREDENTIALS')
    expect(succeeded(await login(to)).user).toMatchObject({ id, email: to, emailVerified: true })
    const [event] = (await auditOf(app, id)).filter(({ type }) => type === 'EMAIL_CHANGED')
    expect(event).toMatchObject({ actorId: id, sessionId, success: true })

    for (const told of [
      (await mailTo(app, email)).slice(before),
      (await mailTo(app, to)).slice(1),
    ]) {
      expect(told).toMatchObject([{ kind: 'EMAIL_CHANGED', url: null }])
      expect(told[0]?.text).toMatch(/has been changed/)
    }
    const again = await watch(app, () => confirmChange(app, token))
    expect(failure(again.result).code).toBe('INVALID_TOKEN')
    expect(again.touched).toEqual([])
  })

  it('ends every session but the one that asked, and signs nobody in', async () => {
    const { person, token } = await mover()
    const other = await signIn(app, person)
    const sessions = await app.db.session.count()
    await confirmChange(app, token)
    expect(await app.db.session.count()).toBe(sessions)
    expect(await isAlive(person)).toBe(true)
    expect(await isAlive(other)).toBe(false)
    expect(failure(await refresh(app, other.refreshToken)).code).toBe('SESSION_ENDED')
    succeeded(await refresh(app, person.refreshToken))
  })

  it('and the one that confirms', async () => {
    const { person, token } = await mover()
    const [other, confirming] = [await signIn(app, person), await signIn(app, person)]
    await confirmChange(app, token, { token: confirming.accessToken })
    const alive = [await isAlive(person), await isAlive(other), await isAlive(confirming)]
    expect(alive).toEqual([true, false, true])
  })

  it('moves the account that asked, whoever is signed in where the link is opened', async () => {
    const { person, to, token } = await mover()
    const stranger = await registerPerson(app)
    const result = await confirmChange(app, token, { token: stranger.accessToken })
    expect(result).toMatchObject({ id: person.id, email: to })
    expect((await me(app, stranger.accessToken)).data?.me?.email).toBe(stranger.email)
  })

  it('kills every link to the old address, those that wait to be sent included', async () => {
    const { person, token } = await mover()
    await askForReset(app, person.email)
    const reset = await tokenFor(app, person.email)
    await askForReset(app, person.email)
    await confirmChange(app, token)
    const { result, touched } = await watch(app, () => resetPassword(app, reset))
    expect(failure(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
    const kinds = (await mailTo(app, person.email)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'RESET_PASSWORD')).toHaveLength(1)
    expect(await app.db.oneTimeToken.count({ where: { userId: person.id } })).toBe(0)
  })
})

describe('a change that cannot be made is INVALID_TOKEN, and writes nothing:', () => {
  it.each<[string, (to: string, person: Person) => Promise<unknown>]>([
    ['somebody registered the address meanwhile', (to) => registerPerson(app, to)],
    ['the account was disabled', (_, { id }) => app.app.services.accounts.disable(id)],
  ])('%s', async (_, meanwhile) => {
    const { person, to, token } = await mover()
    await meanwhile(to, person)
    const { result, touched } = await watch(app, () => confirmChange(app, token))
    expect(failure(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
    const { id, email } = person
    expect(await app.db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ email })
  })

  it.each(['', 'nonsense', 'A'.repeat(43)])('the token never was (%#)', async (token) => {
    const { result, touched } = await watch(app, () => confirmChange(app, token))
    expect(failure(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
  })
})
