// Every mutation × every caller. Its mutations come from the schema: one without an entry fails. Access tokens travel to
// other services, so a stolen one, however fresh, must never reach a step-up operation without the presence proof.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangePasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  call,
  goodPassword,
  logout,
  refresh,
  registerPerson,
  signIn,
  succeeded,
  type Person,
} from '../support/app/client.js'
import { documentFor } from '../support/app/every-mutation.js'
import { mutations, type Attempt, type Call } from '../support/app/mutations.js'
import { mutationNames, presenceProofOf, stepUpMutations } from '../support/app/presence.js'
import { allRows } from '../support/database/remains.js'

const app = await startApp()
afterAll(app.close)

const proofOf = ({ accessToken }: Pick<Person, 'accessToken'>) => {
  const proof = presenceProofOf(accessToken)
  if (proof === undefined) throw new Error('this session has no proof')
  return proof
}
const own = (victim: Person, presenceProof: string | null): Call => ({
  victim,
  token: victim.accessToken,
  presenceProof,
})

const expiredProof = 'own token, expired proof'

const callers = {
  [expiredProof]: async () => {
    const victim = await registerPerson(app)
    const proof = proofOf(victim)
    app.clock.advance('10m')
    app.clock.advance('1s')
    const { accessToken } = succeeded(await refresh(app, victim.refreshToken))
    return own({ ...victim, accessToken }, proof)
  },
  'anonymous, with the proof': async () => {
    const victim = await registerPerson(app)
    return { victim, token: null, presenceProof: proofOf(victim) }
  },
  'another user': async () => {
    const [victim, stranger] = [await registerPerson(app), await registerPerson(app)]
    return { victim, token: stranger.accessToken, presenceProof: proofOf(stranger) }
  },
  'own token and proof': async () => {
    const victim = await registerPerson(app)
    return own(victim, proofOf(victim))
  },
  'own fresh token': async () => own(await registerPerson(app), null),
  'own token, proof of another session': async () => {
    const victim = await registerPerson(app)
    return own(victim, proofOf(await signIn(app, victim)))
  },
  'own token, proof of another user': async () =>
    own(await registerPerson(app), proofOf(await registerPerson(app))),
  'own token, proof of an ended session': async () => {
    const victim = await registerPerson(app)
    const ended = await signIn(app, victim)
    await logout(app, ended.refreshToken)
    return own(victim, proofOf(ended))
  },
  'token and proof of an ended session': async () => {
    const victim = await registerPerson(app)
    await logout(app, victim.refreshToken)
    return own(victim, proofOf(victim))
  },
  'own token, proof from before a password change': async () => {
    const victim = await registerPerson(app)
    const proof = proofOf(victim)
    const input = { currentPassword: goodPassword, newPassword: changedPassword }
    await call(app, ChangePasswordDocument, { input }, { token: victim.accessToken })
    return own({ ...victim, password: changedPassword }, proof)
  },
  'own token, replaced proof': async () => {
    const victim = await registerPerson(app)
    const proof = proofOf(victim)
    const query = `mutation { reauthenticate(input: { password: "${goodPassword}" }) { __typename } }`
    await call(app, query, {}, { token: victim.accessToken })
    return own(victim, proof)
  },
  'own token, refresh token as proof': async () => {
    const victim = await registerPerson(app)
    return own(victim, victim.refreshToken)
  },
  'own token, access token as proof': async () => {
    const victim = await registerPerson(app)
    return own(victim, victim.accessToken)
  },
} satisfies Record<string, () => Promise<Call>>

const changedPassword = 'quite another battery staple'

type Caller = keyof typeof callers
const callerNames = Object.keys(callers) as Caller[]

const signedOut = new Set<Caller>([
  'anonymous, with the proof',
  'token and proof of an ended session',
])

/** What a cell comes to. */
function verdictOf({ needs, verdict, another = verdict }: Attempt, caller: Caller) {
  if (needs === 'anybody') return verdict
  if (signedOut.has(caller)) return 'UNAUTHENTICATED'
  if (caller === 'another user') return another
  return needs === 'viewer' || caller === 'own token and proof'
    ? verdict
    : 'REAUTHENTICATION_REQUIRED'
}

interface Entry extends Attempt {
  readonly mutation: string
}

const entries: Entry[] = Object.entries(mutations).flatMap(([mutation, { attempts }]) =>
  attempts.map((attempt) => ({ mutation, ...attempt })),
)

async function run({ mutation, input }: Entry, at: Call) {
  const variables = input ? { input: input(at) } : {}
  const document = documentFor(mutation, input !== null)
  const { data, errors } = await call<{ result: Result }, object>(app, document, variables, {
    token: at.token,
  })
  const [error] = errors
  return error ? error.extensions['code'] : (data?.result?.code ?? data?.result?.__typename)
}

type Result = { readonly __typename: string; readonly code?: string } | null

const refusals = /^[A-Z_]+$/

/** What the account is, without what is told about it (mail, audit log) and the failures that were counted. */
const rowsOf = async ({ victim }: Call) =>
  (await allRows(app))
    .filter((row) => !/^(audit_events|outbox_messages|known_addresses|guess_counts) /.test(row))
    .filter((row) => row.includes(victim.id) || row.includes(victim.sessionId))

it('has an entry for every mutation of the schema', () => {
  expect([...new Set(entries.map(({ mutation }) => mutation))].sort()).toEqual(
    [...mutationNames].sort(),
  )
})

it('gives the verdicts of a step-up operation to every mutation that takes a proof', () => {
  const tried = (name: string) =>
    entries.some(({ mutation, needs }) => mutation === name && needs === 'step-up')
  expect([...stepUpMutations].filter((name) => !tried(name))).toEqual([])
  expect(stepUpMutations.size).toBeGreaterThan(3)
})

describe.each(callerNames)('%s', (caller) => {
  // Shared by the cells that must change nothing; the clock would end a shared access token.
  const isShared = caller !== expiredProof
  let shared: Call
  beforeAll(async () => {
    if (isShared) shared = await callers[caller]()
  })

  const cells = entries.map((entry) => {
    const name = [entry.mutation, entry.when ?? ''].join(' ').trim()
    return { entry, name, expected: verdictOf(entry, caller) }
  })

  it.each(cells)('$name: $expected', async ({ entry, expected }) => {
    const { prepare } = entry
    const isRefused = refusals.test(expected) || expected === 'MailRequested'
    const at = isShared && isRefused && !prepare ? shared : await callers[caller]()
    await prepare?.(app, at)
    const before = await rowsOf(at)
    expect(before.length).toBeGreaterThan(1)
    expect(await run(entry, at)).toBe(expected)
    if (isRefused || caller === 'another user') expect(await rowsOf(at)).toEqual(before)
  })
})
