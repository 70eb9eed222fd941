/**
 * The fields for gateways (`_entities`, `_users`) find any user by id and do not run the authorization of the other
 * fields. So the obvious implementation reveals the e-mail address of every user to every client that knows an id. Here
 * private fields are visible only to the user, with any valid token of that user.
 */
import { afterAll, describe, expect, it } from 'vitest'
import {
  DeleteAccountDocument,
  RequestEmailChangeDocument,
  UpdateProfileDocument,
} from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js' // load before the modules with decorators
import { createUsersById } from '../../src/features/gateways/index.js'
import { call, logout, newEmail, registerPerson, signIn } from '../support/app/client.js'
import {
  allUserFields,
  queryUsersAs,
  gatewaySettings,
  gatewayTypes,
  userFields,
} from '../support/gateways/gateway-queries.js'

const app = await startApp({ env: gatewaySettings })
afterAll(app.close)

const publicFields = ['bio', 'createdAt', 'id', 'image', 'name', 'username']

/** A person with a value in every field. */
async function registerWithAllFields(username: string) {
  const person = await registerPerson(app)
  const options = { token: person.accessToken }
  const profile = {
    username,
    name: 'Ada Lovelace',
    bio: 'Analytical.',
    image: 'https://example.com/ada.png',
    locale: 'en',
  }
  await call(app, UpdateProfileDocument, { input: profile }, options)
  await call(app, RequestEmailChangeDocument, { input: { newEmail: newEmail() } }, options)
  return person
}

const ada = await registerWithAllFields('ada')
const eve = await registerPerson(app)

describe.each(gatewayTypes)('through %s', (kind) => {
  const visibleFields = async (token: string | null, id = ada.id) => {
    const { data, errors } = await queryUsersAs[kind](app, [id], allUserFields, { token })
    expect(errors).toEqual([])
    return data?.found[0] ?? null
  }
  const fieldNamesIn = (user: object | null) =>
    Object.entries(user ?? {})
      .filter(([, value]) => value !== null)
      .map(([name]) => name)
      .sort()

  it('the user sees every field', async () => {
    const user = await visibleFields(ada.accessToken)
    expect(Object.keys(user ?? {}).sort()).toEqual([...userFields].sort())
    expect(fieldNamesIn(user)).toEqual([...userFields].sort())
    expect(user).toMatchObject({ id: ada.id, email: ada.email })
  })

  it('another client sees only public fields: all others are null, including future ones', async () => {
    const ended = await signIn(app, ada)
    await logout(app, ended.refreshToken)
    const [header, payload] = ada.accessToken.split('.')
    const anonymousTokens = {
      anonymous: null,
      'another user': eve.accessToken,
      'an ended session of the user': ended.accessToken,
      'a forged token': `${header ?? ''}.${payload ?? ''}.${'a'.repeat(342)}`,
      garbage: 'garbage',
    }
    for (const [tokenName, token] of Object.entries(anonymousTokens)) {
      expect({ caller: tokenName, sees: fieldNamesIn(await visibleFields(token)) }).toEqual({
        caller: tokenName,
        sees: publicFields,
      })
    }
  })

  it('a request for many users shows each as the caller may see it', async () => {
    const ids = [eve.id, ada.id, eve.id]
    const { data } = await queryUsersAs[kind](app, ids, 'id email', { token: eve.accessToken })
    const own = { id: eve.id, email: eve.email }
    expect(data?.found).toEqual([own, { id: ada.id, email: null }, own])
  })

  it('one request leaves no state for the next', async () => {
    const concurrent = await Promise.all([
      visibleFields(ada.accessToken),
      visibleFields(eve.accessToken),
      visibleFields(null),
    ])
    expect(concurrent.map((user) => user?.['email'])).toEqual([ada.email, null, null])
  })

  it('a page beyond its limits reveals nothing to another user, not even the error', async () => {
    const { data } = await queryUsersAs[kind](app, [ada.id], 'sessions(first: -1) { totalCount }')
    expect(data?.found).toEqual([{ sessions: null }])
  })

  it.each([
    ['NUL in an id', `${'0'.repeat(8)}\0`],
    ['ill-formed UTF-16 in an id', '\ud800'],
  ])('%s is refused before any look-up', async (_, id) => {
    const { status, errors } = await queryUsersAs[kind](app, [id], 'id')
    expect({ status, errors }).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  it('a malformed id finds no user', async () => {
    const ids = ['', '%', `${ada.id} `, ada.id.slice(1), `{${ada.id}}`, "' OR true --", ada.email]
    const { data, errors } = await queryUsersAs[kind](app, ids, 'id')
    expect(errors).toEqual([])
    expect(data?.found).toEqual(ids.map(() => null))
  })

  it('the profile of a disabled or deleted account is not visible', async () => {
    const gone = await registerWithAllFields(`gone_${kind}`)
    await app.app.services.users.disable(gone.id)
    for (const token of [null, eve.accessToken, gone.accessToken]) {
      expect(fieldNamesIn(await visibleFields(token, gone.id))).toEqual(['createdAt', 'id'])
    }
    await app.app.services.users.enable(gone.id)
    expect(fieldNamesIn(await visibleFields(null, gone.id))).toEqual(publicFields)

    const { accessToken: token } = await signIn(app, gone)
    const deleted = await call(
      app,
      DeleteAccountDocument,
      { input: { confirmEmail: gone.email } },
      { token },
    )
    expect(deleted.data?.deleteAccount?.__typename).toBe('Deleted')
    for (const one of [null, token]) expect(await visibleFields(one, gone.id)).toBeNull()
  })
})

it('an account disabled during a request of its user is not visible either', async () => {
  const { id, sessionId } = await registerWithAllFields('late')
  await app.app.services.users.disable(id)
  const self = { userId: id, sessionId, authenticatedAt: app.clock.now() }
  const usersById = createUsersById(app.app.services.users)
  const [user] = await usersById([id], { viewer: () => Promise.resolve(self) })
  expect(user).toMatchObject({ id, isOwn: false })
  expect(user).not.toHaveProperty('email', expect.anything())
})

// Must run last: the clock of the app cannot go back.
it.each(gatewayTypes)('an expired token reveals no private field, through %s', async (kind) => {
  const { id, accessToken: token } = await registerPerson(app)
  const ask = async () =>
    (await queryUsersAs[kind](app, [id], 'id email', { token })).data?.found[0]
  expect(await ask()).toMatchObject({ email: expect.stringContaining('@') as string })
  app.clock.advance('11m')
  expect(await ask()).toEqual({ id, email: null })
})
