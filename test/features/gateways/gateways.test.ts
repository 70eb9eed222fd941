import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { call, registerPerson } from '../../support/app/client.js'
import {
  queryUsersAs,
  gatewaySettings,
  gatewayTypes,
} from '../../support/gateways/gateway-queries.js'
import { recordQueries } from '../../support/database/record-queries.js'

const app = await startApp({ env: gatewaySettings })
const appWithoutGateways = await startApp()
afterAll(() => Promise.all([app.close(), appWithoutGateways.close()]))

const ada = await registerPerson(app)

describe('gateway fields do not exist', () => {
  const fields = {
    _service: '{ _service { sdl } }',
    _entities: '{ _entities(representations: []) { __typename } }',
    _sdl: '{ _sdl }',
    _users: '{ _users(ids: []) { id } }',
  }
  it.each(Object.entries(fields))('if the gateway is not turned on: %s', async (name, query) => {
    const { status, data, errors } = await call(appWithoutGateways, query, {})
    expect({ status, data }).toEqual({ status: 400, data: undefined })
    expect(errors[0]?.message).toContain(`Cannot query field "${name}"`)
    expect((await call(app, query, {})).errors).toEqual([])
  })

  it.each([
    ['FEDERATION', ['_service', '_entities'], ['_sdl', '_users']],
    ['STITCHING', ['_sdl', '_users'], ['_service', '_entities']],
  ] as const)('%s turns on only its own fields', async (setting, ownFields, otherFields) => {
    const one = await startApp({ env: { [setting]: 'on' } })
    onTestFinished(one.close)
    const answers = async (name: keyof typeof fields) => (await call(one, fields[name], {})).errors
    for (const name of ownFields) expect(await answers(name)).toEqual([])
    for (const name of otherFields) expect(await answers(name)).toHaveLength(1)
  })
})

describe.each(gatewayTypes)('users by id, through %s', (kind) => {
  const ask = queryUsersAs[kind]

  async function countStatements<T>(work: () => Promise<T>) {
    const { seen, stop } = recordQueries()
    onTestFinished(stop)
    const result = await work()
    stop()
    return {
      result,
      statements: seen.filter(({ text }) => !text.includes('signing_keys')).length,
    }
  }

  it('cost one statement for any number of ids and duplicates', async () => {
    const people = []
    for (let i = 0; i < 100; i += 1) people.push(await addUser())
    const ids = [...people, ...people, ada.id]
    const { result, statements } = await countStatements(() => ask(app, ids, 'id createdAt'))
    expect(result.data?.found.map((user) => user?.['id'])).toEqual(ids)
    expect(statements).toBe(1)
    const signedIn = await countStatements(() =>
      ask(app, ids, 'id email', { token: ada.accessToken }),
    )
    expect(signedIn.result.data?.found.at(-1)).toEqual({ id: ada.id, email: ada.email })
    expect(signedIn.statements).toBe(2) // one of them for the viewer
  })

  it('cost no statement if no value is an id', async () => {
    const { statements } = await countStatements(() => ask(app, ['a', '', '%'], 'id'))
    expect(statements).toBe(0)
  })

  /** Without the delay of password hashing. */
  async function addUser() {
    const [row] = await app.db.$queryRaw<[{ id: string }]>`
      INSERT INTO users (id, email, created_at, updated_at)
      VALUES (gen_random_uuid(), gen_random_uuid() || '@example.com', now(), now()) RETURNING id`
    return row.id
  }
})

describe('the cost limit', () => {
  const message = 'The answer could have more than 5000 fields: ask for less, or for smaller pages.'
  const refused = {
    status: 400,
    data: undefined,
    errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }],
  }
  const pick = ({ status, data, errors }: Awaited<ReturnType<typeof call>>) => ({
    status,
    data,
    errors,
  })
  const repeat = <T>(n: number, item: T) => Array.from({ length: n }, () => item)
  const entities = (selection: string) =>
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${selection} } } }`
  const users = (selection: string) => `query ($ids: [ID!]!) { _users(ids: $ids) { ${selection} } }`

  it.each(gatewayTypes)('allows a thousand users with three fields, through %s', async (kind) => {
    const { status, errors, data } = await queryUsersAs[kind](
      app,
      repeat(1_000, ada.id),
      'id name username',
    )
    expect({ status, errors }).toEqual({ status: 200, errors: [] })
    expect(data?.found).toHaveLength(1_000)
  })

  it.each(gatewayTypes)('refuses two thousand users with five fields, through %s', async (kind) => {
    const answer = await queryUsersAs[kind](
      app,
      repeat(2_000, 'short'),
      'id name bio image createdAt',
    )
    expect(pick(answer)).toEqual(refused)
  })

  it('counts values in the document and the default of a variable', async () => {
    const ten = 'id name bio image createdAt '.repeat(2)
    const list = JSON.stringify(repeat(501, 'a'))
    for (const query of [
      `{ _users(ids: ${list}) { ${ten} } }`,
      `query ($ids: [ID!]! = ${list}) { _users(ids: $ids) { ${ten} } }`,
      `{ _entities(representations: [${'{}'.repeat(501)}]) { ... on User { ${ten} } } }`,
    ]) {
      expect(pick(await call(app, query, {}))).toEqual(refused)
    }
    const once = `query ($ids: [ID!]! = ${list}) { _users(ids: $ids) { ${ten} } }`
    expect((await call(app, once, { ids: 'a' })).errors).toEqual([])
  })

  // With one statement for each representation, a thousand representations of one user would cost a thousand
  // statements.
  it.each(['pendingEmail', 'sessions { totalCount }', 'sessions(first: 1) { nodes { id } }'])(
    'refuses %s with one user a hundred times',
    async (field) => {
      const representations = repeat(100, { __typename: 'User', id: ada.id })
      const options = { token: ada.accessToken }
      const answer = await call(app, entities(field), { r: representations }, options)
      expect(pick(answer)).toEqual(refused)
      expect(pick(await call(app, users(field), { ids: repeat(100, ada.id) }, options))).toEqual(
        refused,
      )
      expect((await call(app, users(field), { ids: [ada.id] }, options)).errors).toEqual([])
    },
  )

  // A small request that would return megabytes of the same data.
  it.each(gatewayTypes)(
    'refuses the free-text profile fields thirty times, through %s',
    async (kind) => {
      const bios = Array.from({ length: 29 }, (_, i) => `a${i}: bio`).join(' ')
      expect(pick(await queryUsersAs[kind](app, repeat(40, ada.id), bios))).toEqual(refused)
      const { errors } = await queryUsersAs[kind](app, repeat(400, ada.id), 'id name bio createdAt')
      expect(errors).toEqual([])
    },
  )

  test('refuses the whole schema more than twice', async () => {
    const thrice = '{ _service { sdl again: sdl } _sdl }'
    expect(pick(await call(app, thrice, {}))).toEqual(refused)
    expect((await call(app, '{ _service { sdl } _sdl }', {})).errors).toEqual([])
  })

  test('refuses it with aliases as well', async () => {
    const aliases = Array.from({ length: 25 }, (_, i) => `a${i}: sessions { totalCount }`).join(' ')
    const representations = repeat(2, { __typename: 'User', id: ada.id })
    const answer = await call(
      app,
      entities(aliases),
      { r: representations },
      { token: ada.accessToken },
    )
    expect(pick(answer)).toEqual(refused)
    const counts = Array.from({ length: 25 }, (_, i) => `a${i}: totalCount`).join(' ')
    const nested = await call(
      app,
      users(`sessions(first: 1) { ${counts} }`),
      { ids: repeat(4, ada.id) },
      { token: ada.accessToken },
    )
    expect(pick(nested)).toEqual(refused)
  })
})
