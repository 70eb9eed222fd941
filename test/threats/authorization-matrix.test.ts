// Every mutation × every caller. Its mutations come from the schema: one without an entry fails. Access tokens travel to
// other services, so a stolen one, however fresh, must never reach a step-up operation without the presence proof.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangePasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  call,
  goodPassword,
  logout,
  newEmail,
  refresh,
  registerPerson,
  signIn,
  succeeded,
  type Person,
} from '../support/app/client.js'
import { mutationNames, presenceProofOf, stepUpMutations } from '../support/app/presence.js'
import { allRows } from '../support/database/remains.js'

const app = await startApp()
afterAll(app.close)

/** Who calls, and whose account is at stake. */
interface Call {
  readonly victim: Person
  readonly token: string | null
  readonly presenceProof: string | null
}

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

/** What a cell comes to: a member of the result's union, or the code of a failure. */
type Verdicts = (caller: Caller) => string

const signedOut = new Set<Caller>([
  'anonymous, with the proof',
  'token and proof of an ended session',
])

/** Needs a session; `another` is what another user gets, who acts on an account of their own. */
const forViewer =
  (done: string, another = done): Verdicts =>
  (caller) =>
    signedOut.has(caller) ? 'UNAUTHENTICATED' : caller === 'another user' ? another : done

/** Needs a session and its presence proof. */
const forStepUp =
  (done: string, another = done): Verdicts =>
  (caller) => {
    if (signedOut.has(caller)) return 'UNAUTHENTICATED'
    if (caller === 'another user') return another
    return caller === 'own token and proof' ? done : 'REAUTHENTICATION_REQUIRED'
  }

/** Takes its credential from its own input: token and proof open nothing. */
const forAnybody =
  (verdict: string): Verdicts =>
  () =>
    verdict

interface Entry {
  readonly mutation: string
  /** What sets this entry apart from others of the same mutation. */
  readonly when?: string
  readonly input: ((call: Call) => object) | null
  readonly verdicts: Verdicts
  readonly prepare?: (call: Call) => Promise<unknown>
}

const token = 'A'.repeat(43)
const newPassword = 'a horse of another battery'
const removePassword = ({ victim }: Call) =>
  app.db.passwordCredential.deleteMany({ where: { userId: victim.id } })

const entries: Entry[] = [
  {
    mutation: 'register',
    input: ({ victim: { email } }) => ({ email, password: goodPassword }),
    verdicts: forAnybody('EMAIL_TAKEN'),
  },
  {
    mutation: 'login',
    input: ({ victim: { email } }) => ({ email, password: 'a wrong password' }),
    verdicts: forAnybody('INVALID_CREDENTIALS'),
  },
  {
    mutation: 'refresh',
    input: () => ({ refreshToken: token }),
    verdicts: forAnybody('INVALID_REFRESH_TOKEN'),
  },
  { mutation: 'logout', input: null, verdicts: forAnybody('LogoutPayload') },
  {
    mutation: 'reauthenticate',
    input: () => ({ password: 'a wrong password' }),
    verdicts: forViewer('INVALID_CREDENTIALS'),
  },
  {
    mutation: 'revokeSession',
    input: ({ victim: { sessionId } }) => ({ sessionId }),
    verdicts: forViewer('Session', 'NOT_FOUND'),
  },
  { mutation: 'revokeOtherSessions', input: null, verdicts: forViewer('RevokedSessions') },
  {
    mutation: 'updateProfile',
    input: () => ({ name: 'A name' }),
    verdicts: forViewer('User'),
  },
  {
    mutation: 'changePassword',
    when: 'with a wrong current password',
    input: ({ presenceProof }) => ({
      currentPassword: 'a wrong password',
      newPassword,
      presenceProof,
    }),
    verdicts: forViewer('INVALID_CREDENTIALS'),
  },
  {
    mutation: 'changePassword',
    when: 'without the current password',
    input: ({ presenceProof }) => ({ newPassword, presenceProof }),
    verdicts: forViewer('INVALID_CREDENTIALS'),
  },
  {
    mutation: 'changePassword',
    when: 'where there is no password',
    prepare: removePassword,
    input: ({ presenceProof }) => ({ newPassword, presenceProof }),
    verdicts: forStepUp('User', 'INVALID_CREDENTIALS'),
  },
  {
    mutation: 'requestPasswordReset',
    input: ({ victim: { email } }) => ({ email }),
    verdicts: forAnybody('MailRequested'),
  },
  {
    mutation: 'resetPassword',
    input: () => ({ token, newPassword }),
    verdicts: forAnybody('INVALID_TOKEN'),
  },
  {
    mutation: 'requestEmailVerification',
    input: ({ victim: { email } }) => ({ email }),
    verdicts: forAnybody('MailRequested'),
  },
  {
    mutation: 'verifyEmail',
    input: () => ({ token, password: goodPassword }),
    verdicts: forAnybody('INVALID_TOKEN'),
  },
  {
    mutation: 'requestEmailChange',
    input: ({ presenceProof }) => ({ newEmail: newEmail(), presenceProof }),
    verdicts: forStepUp('User'),
  },
  {
    mutation: 'confirmEmailChange',
    input: () => ({ token }),
    verdicts: forAnybody('INVALID_TOKEN'),
  },
  {
    mutation: 'rejectEmailChange',
    input: ({ victim: { email } }) => ({ token, confirmEmail: email, password: goodPassword }),
    verdicts: forAnybody('INVALID_TOKEN'),
  },
  {
    mutation: 'deleteAccount',
    input: ({ victim: { email }, presenceProof }) => ({ confirmEmail: email, presenceProof }),
    verdicts: forStepUp('Deleted', 'INVALID_INPUT'),
  },
  {
    mutation: 'exportAccountData',
    input: ({ presenceProof }) => ({ presenceProof }),
    verdicts: forStepUp('AccountData'),
  },
]

async function run({ mutation, input }: Entry, at: Call) {
  const selection = '{ __typename ... on AuthError { code } }'
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const declared = mutation === 'exportAccountData' ? 'StepUpInput' : `${type}!`
  const result = mutation === 'logout' || mutation === 'revokeOtherSessions' || !hasUnion(mutation)
  const document = input
    ? `mutation ($input: ${declared}) { ${mutation}(input: $input) ${result ? '{ __typename }' : selection} }`
    : `mutation { ${mutation} { __typename } }`
  const variables = input ? { input: input(at) } : {}
  const { data, errors } = await call<Record<string, Result>, object>(app, document, variables, {
    token: at.token,
  })
  const [error] = errors
  const member = data?.[mutation]
  return error ? error.extensions['code'] : (member?.code ?? member?.__typename)
}

type Result = { readonly __typename: string; readonly code?: string } | null
const hasUnion = (mutation: string) => !/^request(PasswordReset|EmailVerification)$/.test(mutation)

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
    entries.some(
      ({ mutation, verdicts }) =>
        mutation === name && verdicts('own fresh token') === 'REAUTHENTICATION_REQUIRED',
    )
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
    const verdict = entry.verdicts(caller)
    const name = [entry.mutation, entry.when ?? ''].join(' ').trim()
    return { ...entry, name, verdict }
  })

  it.each(cells)('$name: $verdict', async ({ verdict, prepare, ...entry }) => {
    const isRefused = refusals.test(verdict) || verdict === 'MailRequested'
    const at = isShared && isRefused && !prepare ? shared : await callers[caller]()
    await prepare?.(at)
    const before = await rowsOf(at)
    expect(before.length).toBeGreaterThan(1)
    expect(await run(entry, at)).toBe(verdict)
    if (isRefused || caller === 'another user') expect(await rowsOf(at)).toEqual(before)
  })
})
