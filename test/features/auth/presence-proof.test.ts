import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import {
  ChangePasswordDocument,
  ExportAccountDataDocument,
  ReauthenticateDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  logout,
  newEmail,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import { getMailedToken } from '../../support/mail/mail.js'
import {
  requestEmailChange,
  requestPasswordReset,
  confirmEmailChange,
  resetPassword,
} from '../../support/mail/mailed-links.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const exportWith = async (
  { accessToken: token }: Pick<Person, 'accessToken'>,
  presenceProof: string | null,
) => {
  const input = { presenceProof }
  return (await call(app, ExportAccountDataDocument, { input }, { token })).data?.exportAccountData
}

const storedProofs = async (userId: string) => {
  const rows = await app.db.session.findMany({
    where: { userId, presenceProofHash: { not: null } },
  })
  return rows.map(({ presenceProofHash }) => Buffer.from(presenceProofHash ?? []).toString('hex'))
}

describe('a presence proof', () => {
  it('is new in each answer of register, login and reauthenticate', async () => {
    const person = await registerPerson(app)
    const second = await signIn(app, person)
    const input = { password: goodPassword }
    const { data } = await call(
      app,
      ReauthenticateDocument,
      { input },
      { token: second.accessToken },
    )
    const proofs = [
      person.presenceProof,
      second.presenceProof,
      getAuthPayload(data?.reauthenticate).presenceProof,
    ]
    for (const proof of proofs) expect(proof).toMatch(/^[\w-]{43}$/)
    expect(new Set(proofs).size).toBe(3)
  })

  it('is not part of a refresh', async () => {
    const { refreshToken } = await registerPerson(app)
    expect(getAuthPayload(await refresh(app, refreshToken)).presenceProof).toBeNull()
  })

  it('is stored only as its SHA-256', async () => {
    const { id, presenceProof } = await registerPerson(app)
    const bytes = Buffer.from(presenceProof, 'base64url')
    expect(bytes).toHaveLength(32)
    expect(await storedProofs(id)).toEqual([createHash('sha256').update(bytes).digest('hex')])
  })

  it('works repeatedly for ten minutes, even after refreshes', async () => {
    const person = await registerPerson(app)
    app.clock.advance('9m')
    const { accessToken } = getAuthPayload(await refresh(app, person.refreshToken))
    for (let i = 0; i < 2; i += 1) {
      const result = await exportWith({ accessToken }, person.presenceProof)
      expect(result?.__typename).toBe('AccountData')
    }
    app.clock.advance('1m')
    const { result, touched } = await trackChanges(app, () =>
      exportWith({ accessToken }, person.presenceProof),
    )
    expect(getAuthError(result).code).toBe('REAUTHENTICATION_REQUIRED')
    expect(touched).toEqual(['refresh_tokens']) // the last use of the session
  })

  it.each<[string, (person: Person) => Promise<unknown>]>([
    [
      'a change of the password',
      ({ accessToken: token, password: currentPassword }) => {
        const input = { currentPassword, newPassword: 'a horse of another colour' }
        return call(app, ChangePasswordDocument, { input }, { token })
      },
    ],
    [
      'a reset of the password',
      async ({ email }) => {
        await requestPasswordReset(app, email)
        await resetPassword(app, await getMailedToken(app, email))
      },
    ],
    [
      'a change of the address',
      async ({ accessToken: token }) => {
        const to = newEmail()
        await requestEmailChange(app, token, to)
        await confirmEmailChange(app, await getMailedToken(app, to), { token })
      },
    ],
    ['the end of the session', ({ refreshToken }) => logout(app, refreshToken)],
  ])('is revoked after %s', async (_, change) => {
    const person = await registerPerson(app)
    expect(await storedProofs(person.id)).toHaveLength(1)
    await change(person)
    expect(await storedProofs(person.id)).toEqual([])
  })

  it('survives the end of another session', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    await logout(app, other.refreshToken)
    expect((await exportWith(person, person.presenceProof))?.__typename).toBe('AccountData')
  })

  it.each([
    ['empty', () => ''],
    ['in another spelling', (proof: string) => `${proof}=`],
    [
      'with the unused bits set',
      (proof: string) => proof.slice(0, -1) + nextCharacter(proof.slice(-1)),
    ],
    ['of another length', (proof: string) => proof.slice(1)],
    ['endless', () => 'A'.repeat(50_000)],
    ['beyond base64url', (proof: string) => `ü${proof.slice(1)}`],
  ])('%s is not a proof and writes nothing', async (_, transform) => {
    const person = await registerPerson(app)
    const { result, touched } = await trackChanges(app, () =>
      exportWith(person, transform(person.presenceProof)),
    )
    expect(getAuthError(result)).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      methods: ['PASSWORD'],
    })
    expect(touched).toEqual([])
  })
})

/** The next character of the base64url alphabet: 43 of them carry two bits more than 32 bytes. */
const nextCharacter = (character: string) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) + 1] ?? 'A'
}
