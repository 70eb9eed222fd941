// Every client that types an address uses the budget of that address, including its owner. A client that sees the
// remaining budget learns that the address was used lately, and so which addresses have accounts (OWASP WSTG-IDNT-04).
// Clients therefore see only their own budgets: of their network, their session and their refresh token.
import { afterAll, describe, expect, it } from 'vitest'
import {
  isReportedToClient,
  type Policy,
} from '../../src/features/limits/mutation-policy.decorator.js'
import { call, goodPassword, type Answer } from '../support/app/client.js'
import {
  inputlessMutations,
  inputPositions,
  type InputPosition,
} from '../support/hostile/input-positions.js'
import {
  forwardedFor,
  newIp,
  registerFromIp,
  startRateLimitedApp,
  tryRegister,
} from '../support/app/rate-limits.js'
import { policies } from '../support/app/policies.js'

const app = await startRateLimitedApp()
afterAll(app.close)

let emailCount = 0
/** All of one length, so that answers have one length too. */
const newFixedLengthEmail = () => `budget-${String((emailCount += 1)).padStart(4, '0')}@example.com`

const mutations = inputPositions().filter(({ document }) => document.startsWith('mutation'))
const inputless = inputlessMutations()
const emailPositions = mutations.filter(({ type }) => type === 'EmailAddress')

/** A signed-in client that sends each request from a new network. */
async function newClient() {
  const { accessToken: token } = await registerFromIp(app)
  return (document: string, variables: object = {}) =>
    call(app, document, variables, { token, headers: forwardedFor(newIp()) })
}

type Client = Awaited<ReturnType<typeof newClient>>

/** All other inputs of the mutation are invalid. */
const send = (client: Client, { document, variables }: InputPosition, value: string) =>
  client(document, variables(value, {}))

/** All that a client sees, except random values and the address that it sent itself. */
const clientView = ({ status, headers, text }: Answer<unknown>, email: string) => ({
  status,
  reported: [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'),
  text: text.replaceAll(email, '<address>'),
})

const isRefused = ({ text }: { text: string }) => text.includes('RATE_LIMITED')

it('there are mutations that take an address', () => {
  const roots = emailPositions.map(({ root }) => root)
  expect(roots).toEqual(expect.arrayContaining(['login', 'register', 'requestPasswordReset']))
})

describe.each(emailPositions)('$name', (position) => {
  it('is answered alike, to the last header, for an address that others used and a fresh one', async () => {
    const [used, fresh] = [newFixedLengthEmail(), newFixedLengthEmail()]
    expect(await tryRegister(app, { email: used, password: goodPassword, ip: newIp() })).toBe(
      'AuthPayload',
    )
    const owner = await newClient()
    for (let i = 0; i < 3; i += 1) await send(owner, position, used)
    const runs: ReturnType<typeof clientView>[][] = []
    for (const email of [used, fresh]) {
      const client = await newClient()
      const run: ReturnType<typeof clientView>[] = []
      for (let i = 0; i < 11 && !run.some(isRefused); i += 1) {
        run.push(clientView(await send(client, position, email), email))
      }
      runs.push(run)
    }
    const [usedRun = [], freshRun = []] = runs
    expect(usedRun[0]).toEqual(freshRun[0])
    expect(freshRun.slice(0, -1).filter(isRefused)).toEqual([])
    const refusals = [usedRun, freshRun].map((run) => run.find(isRefused))
    expect(refusals[0]).toEqual(refusals[1])
  })
})

const units = { s: 1, m: 60, h: 3_600 } as const
const formatPolicy = ({ max, window }: Policy['rules'][number]) =>
  `${max};w=${Number(window.slice(0, -1)) * units[window.slice(-1) as keyof typeof units]}`

describe.each([...policies])('%s', (mutation, { rules }) => {
  const reported = rules.filter(({ per }) => isReportedToClient[per]).map(formatPolicy)

  it(`reports ${reported.join(', ') || 'no budget'} and nothing else`, async () => {
    const position = mutations.find(({ root }) => root === mutation)
    const client = await newClient()
    const { headers } = position
      ? await send(client, position, position.type === 'EmailAddress' ? newFixedLengthEmail() : 'x')
      : await client(inputless.get(mutation) ?? '')
    const names = [...headers.keys()].filter((name) => name.startsWith('ratelimit'))
    if (reported.length === 0) expect(names).toEqual([])
    else expect(reported).toContain(headers.get('ratelimit-policy'))
  })
})
