// Every mutation × every caller. The mutations come from the schema, and one without an entry fails. Access tokens
// travel to other services. A stolen one, however fresh, must never permit a step-up operation without the presence
// proof.
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
  getAuthPayload,
  type Person,
} from '../support/app/client.js'
import { buildDocument } from '../support/app/every-mutation.js'
import {
  mutations,
  type MatrixAttempt,
  type CallerContext,
} from '../support/app/mutation-examples.js'
import { mutationNames, presenceProofOf, stepUpMutations } from '../support/app/presence-proofs.js'
import { readAllRows } from '../support/database/all-rows.js'

const app = await startApp()
afterAll(app.close)

const proofOf = ({ accessToken }: Pick<Person, 'accessToken'>) => {
  const proof = presenceProofOf(accessToken)
  if (proof === undefined) throw new Error('this session has no proof')
  return proof
}
const asOwner = (victim: Person, presenceProof: string | null): CallerContext => ({
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
    const { accessToken } = getAuthPayload(await refresh(app, victim.refreshToken))
    return asOwner({ ...victim, accessToken }, proof)
  },
  'anonymous, with the proof': async () => {
    const victim = await registerPerson(app)
    return { victim, token: null, presenceProof: proofOf(victim) }
  },
  'another user': async () => {
    const [victim, otherPerson] = [await registerPerson(app), await registerPerson(app)]
    return { victim, token: otherPerson.accessToken, presenceProof: proofOf(otherPerson) }
  },
  'own token and proof': async () => {
    const victim = await registerPerson(app)
    return asOwner(victim, proofOf(victim))
  },
  'own fresh token': async () => asOwner(await registerPerson(app), null),
  'own token, proof of another session': async () => {
    const victim = await registerPerson(app)
    return asOwner(victim, proofOf(await signIn(app, victim)))
  },
  'own token, proof of another user': async () =>
    asOwner(await registerPerson(app), proofOf(await registerPerson(app))),
  'own token, proof of an ended session': async () => {
    const victim = await registerPerson(app)
    const ended = await signIn(app, victim)
    await logout(app, ended.refreshToken)
    return asOwner(victim, proofOf(ended))
  },
  'token and proof of an ended session': async () => {
    const victim = await registerPerson(app)
    await logout(app, victim.refreshToken)
    return asOwner(victim, proofOf(victim))
  },
  'own token, proof from before a password change': async () => {
    const victim = await registerPerson(app)
    const proof = proofOf(victim)
    const input = { currentPassword: goodPassword, newPassword: changedPassword }
    await call(app, ChangePasswordDocument, { input }, { token: victim.accessToken })
    return asOwner({ ...victim, password: changedPassword }, proof)
  },
  'own token, replaced proof': async () => {
    const victim = await registerPerson(app)
    const proof = proofOf(victim)
    const query = `mutation { reauthenticate(input: { password: "${goodPassword}" }) { __typename } }`
    await call(app, query, {}, { token: victim.accessToken })
    return asOwner(victim, proof)
  },
  'own token, refresh token as proof': async () => {
    const victim = await registerPerson(app)
    return asOwner(victim, victim.refreshToken)
  },
  'own token, access token as proof': async () => {
    const victim = await registerPerson(app)
    return asOwner(victim, victim.accessToken)
  },
} satisfies Record<string, () => Promise<CallerContext>>

const changedPassword = 'quite another battery staple'

type Caller = keyof typeof callers
const callerNames = Object.keys(callers) as Caller[]

const signedOutCallers = new Set<Caller>([
  'anonymous, with the proof',
  'token and proof of an ended session',
])

/** The expected outcome of a cell. */
function expectedOutcomeOf(
  { requires, expectedOutcome, outcomeForOther = expectedOutcome }: MatrixAttempt,
  caller: Caller,
) {
  if (requires === 'anybody') return expectedOutcome
  if (signedOutCallers.has(caller)) return 'UNAUTHENTICATED'
  if (caller === 'another user') return outcomeForOther
  return requires === 'viewer' || caller === 'own token and proof'
    ? expectedOutcome
    : 'REAUTHENTICATION_REQUIRED'
}

interface Entry extends MatrixAttempt {
  readonly mutation: string
}

const entries: Entry[] = Object.entries(mutations).flatMap(([mutation, { attempts }]) =>
  attempts.map((attempt) => ({ mutation, ...attempt })),
)

async function runEntry({ mutation, input }: Entry, context: CallerContext) {
  const variables = input ? { input: input(context) } : {}
  const document = buildDocument(mutation, input !== null)
  const { data, errors } = await call<{ result: Result }, object>(app, document, variables, {
    token: context.token,
  })
  const [error] = errors
  return error ? error.extensions['code'] : (data?.result?.code ?? data?.result?.__typename)
}

type Result = { readonly __typename: string; readonly code?: string } | null

const refusalPattern = /^[A-Z_]+$/

/** The rows of the account, without mail, audit log and failure counters. */
const rowsOf = async ({ victim }: CallerContext) =>
  (await readAllRows(app))
    .filter((row) => !/^(audit_events|outbox_messages|known_addresses|guess_counts) /.test(row))
    .filter((row) => row.includes(victim.id) || row.includes(victim.sessionId))

it('has an entry for every mutation of the schema', () => {
  expect([...new Set(entries.map(({ mutation }) => mutation))].sort()).toEqual(
    [...mutationNames].sort(),
  )
})

it('expects the outcomes of a step-up operation for every mutation with a proof', () => {
  const hasStepUpAttempt = (name: string) =>
    entries.some(({ mutation, requires }) => mutation === name && requires === 'step-up')
  expect([...stepUpMutations].filter((name) => !hasStepUpAttempt(name))).toEqual([])
  expect(stepUpMutations.size).toBeGreaterThan(3)
})

describe.each(callerNames)('%s', (caller) => {
  // Shared by cells that must change nothing. Advancing the clock would expire a shared access token.
  const isShared = caller !== expiredProof
  let shared: CallerContext
  beforeAll(async () => {
    if (isShared) shared = await callers[caller]()
  })

  const cells = entries.map((entry) => {
    const name = [entry.mutation, entry.condition ?? ''].join(' ').trim()
    return { entry, name, expected: expectedOutcomeOf(entry, caller) }
  })

  it.each(cells)('$name: $expected', async ({ entry, expected }) => {
    const { prepare } = entry
    const isRefused = refusalPattern.test(expected) || expected === 'MailRequested'
    const context = isShared && isRefused && !prepare ? shared : await callers[caller]()
    await prepare?.(app, context)
    const before = await rowsOf(context)
    expect(before.length).toBeGreaterThan(1)
    expect(await runEntry(entry, context)).toBe(expected)
    if (isRefused || caller === 'another user') expect(await rowsOf(context)).toEqual(before)
  })
})
