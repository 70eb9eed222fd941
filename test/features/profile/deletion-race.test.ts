// Other requests of an account, and its e-mails, race with its deletion. Each one runs before or after the deletion:
// it succeeds, or it reports that the session has ended. None fails, and no data of the account remains.
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson, type Answer, type Person } from '../../support/app/client.js'
import { usesPostgres, openRawClient } from '../../support/database/database.js'
import { createExampleOperation, mutationNames } from '../../support/app/every-mutation.js'
import { raceBeforeCommit } from '../../support/database/race-before-commit.js'
import {
  requestEmailChange,
  requestPasswordReset,
  requestVerification,
} from '../../support/mail/mailed-links.js'
import { outcomeOf } from '../../support/app/rate-limits.js'
import { sendOperationsConcurrently } from '../../support/app/concurrent-operations.js'
import { waitForBlockedStatements } from '../../support/database/blocked-statements.js'

/** The answers of mutations without a viewer for a deleted account. */
const allowedRefusals: Record<string, string[]> = {
  login: ['INVALID_CREDENTIALS', 'SESSION_ENDED'],
  refresh: ['INVALID_REFRESH_TOKEN', 'SESSION_ENDED'],
  // The challenge and the enrolment are deleted with the account, or another copy of the request used them.
  verifyMfa: ['INVALID_CHALLENGE', 'INVALID_MFA_CODE'],
  confirmTotpEnrollment: ['INVALID_CHALLENGE'],
  // If the removal comes first, the deletion has an old presence proof.
  disableTotp: ['REAUTHENTICATION_REQUIRED', 'INVALID_MFA_CODE', 'MFA_NOT_ENABLED'],
  verifyEmail: ['INVALID_TOKEN', 'INVALID_CREDENTIALS'],
  resetPassword: ['INVALID_TOKEN'],
  // If the confirmation comes first, the deletion has the wrong address and an old presence proof.
  confirmEmailChange: ['INVALID_TOKEN', 'INVALID_INPUT', 'REAUTHENTICATION_REQUIRED'],
  rejectEmailChange: ['INVALID_TOKEN'],
  // If one of these comes first, the deletion has an old presence proof.
  reauthenticate: ['REAUTHENTICATION_REQUIRED'],
  changePassword: ['REAUTHENTICATION_REQUIRED'],
  deletePasskey: ['REAUTHENTICATION_REQUIRED'],
  // One of the concurrent requests uses the challenge, or the passkey is gone before its response is checked.
  finishPasskeyRegistration: ['INVALID_CHALLENGE'],
  finishPasskeyLogin: ['INVALID_CHALLENGE', 'INVALID_PASSKEY_RESPONSE', 'UNKNOWN_PASSKEY'],
  // One of the concurrent requests gets the address.
  register: ['EMAIL_TAKEN'],
}

/** An export contains the account and its sessions, or it does not exist. */
function expectCompleteExports(answers: readonly Pick<Answer<Record<string, unknown>>, 'data'>[]) {
  const exports = answers.map(({ data }) => data?.['result'] as Export | null | undefined)
  const exportsWithoutUser = exports.filter((one) => one?.sessions && !one.user)
  const empty = exports.filter((one) => one?.sessions?.length === 0)
  expect([exportsWithoutUser, empty]).toEqual([[], []])
}

interface Export {
  readonly user?: object
  readonly sessions?: readonly object[]
}

/** The type of the result, the code of its error, or the reason for the missing viewer. */
function describeAnswer(answer: Pick<Answer<unknown>, 'data' | 'errors'>) {
  const reason = answer.errors[0]?.extensions['reason']
  return typeof reason === 'string' ? reason : outcomeOf(answer)
}

const isRefusal = (word: string) => /^[A-Z_]+$/.test(word)

const me = (token: string) => ({
  query: '{ me { id pendingEmail sessions { totalCount nodes { id } } } }',
  variables: {},
  token,
})

describe.skipIf(!usesPostgres)(
  'on PostgreSQL (the embedded database has one session)',
  async () => {
    if (!usesPostgres) return
    const app = await startApp()
    afterAll(app.close)

    async function expectNothingLeft({ id }: Person) {
      const where = { where: { userId: id } }
      expect(await app.db.user.count({ where: { id } })).toBe(0)
      expect(await app.db.session.count(where)).toBe(0)
      expect(await app.db.oneTimeToken.count(where)).toBe(0)
      expect(await app.db.knownAddress.count(where)).toBe(0)
    }

    /** The concurrent request logs no error. */
    async function withoutErrors(work: () => Promise<void>) {
      const before = app.logLines.length
      await work()
      const lines = app.logLines.slice(before).map((line) => JSON.parse(line) as { level: string })
      expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
    }

    /** Starts `work` when only the commit of the deletion is missing. */
    async function whileDeleting(person: Person, work: () => Promise<void>) {
      const deletion = await createExampleOperation('deleteAccount', app, person)
      const [deleted] = await raceBeforeCommit(
        app,
        () => sendOperationsConcurrently(app, [deletion]),
        work,
      )
      expect(deleted.map(describeAnswer)).toEqual(['Deleted'])
      await expectNothingLeft(person)
    }

    describe.each(mutationNames)('%s', (name) => {
      const allowed = ['SESSION_ENDED', ...(allowedRefusals[name] ?? [])]
      const expectAllowed = (words: readonly string[]) => {
        expect(words.filter((word) => isRefusal(word) && !allowed.includes(word))).toEqual([])
      }

      it('waits for the commit of the deletion', async () => {
        const person = await registerPerson(app)
        const operation = await createExampleOperation(name, app, person)
        await withoutErrors(() =>
          whileDeleting(person, async () => {
            expectAllowed((await sendOperationsConcurrently(app, [operation])).map(describeAnswer))
          }),
        )
      })

      it('is sent at the same time', async () => {
        for (let round = 0; round < 2; round += 1) {
          const person = await registerPerson(app)
          const operation = await createExampleOperation(name, app, person)
          const deletion = await createExampleOperation('deleteAccount', app, person)
          await withoutErrors(async () => {
            const operations = [operation, operation, deletion, operation, operation, operation]
            const answers = await sendOperationsConcurrently(app, operations)
            expectAllowed(answers.map(describeAnswer))
            if (name === 'exportAccountData') expectCompleteExports(answers)
          })
          // A reset or a change of address may have ended the session first.
          if ((await app.db.user.count({ where: { id: person.id } })) === 0) {
            await expectNothingLeft(person)
          }
        }
      })
    })

    it('a query of the viewer', async () => {
      const person = await registerPerson(app)
      const query = me(person.accessToken)
      const deletion = await createExampleOperation('deleteAccount', app, person)
      await withoutErrors(async () => {
        const answers = await sendOperationsConcurrently(app, [
          query,
          query,
          deletion,
          query,
          query,
          query,
        ])
        const words = answers.map(describeAnswer).filter(isRefusal)
        expect(words.filter((word) => word !== 'SESSION_ENDED')).toEqual([])
      })
    })

    it.each(['VERIFY_EMAIL', 'RESET_PASSWORD', 'CONFIRM_EMAIL_CHANGE'])(
      'drops an e-mail %s that is rendered meanwhile, without an error',
      async (kind) => {
        const person = await registerPerson(app)
        await app.deliver()
        if (kind === 'VERIFY_EMAIL') await requestVerification(app, person.email)
        if (kind === 'RESET_PASSWORD') await requestPasswordReset(app, person.email)
        if (kind === 'CONFIRM_EMAIL_CHANGE') {
          await requestEmailChange(app, person.accessToken, `new-${person.email}`)
        }
        const where = { kind: kind as 'VERIFY_EMAIL', recipient: { endsWith: person.email } }
        const sent = await app.db.outboxMessage.count({ where: { ...where, status: 'SENT' } })
        await withoutErrors(async () => {
          await whileDeleting(person, app.deliver)
          await app.deliver() // one statement that the deletion blocked
        })
        expect(await app.db.outboxMessage.count({ where })).toBe(sent)
      },
    )

    // A deletion cancels waiting e-mails. So this deletion removes only the rows: it simulates e-mails that were
    // claimed before.
    it('drops e-mails about a change of address that are rendered meanwhile, without an error', async () => {
      const person = await registerPerson(app)
      await app.deliver()
      await requestEmailChange(app, person.accessToken, `new-${person.email}`)
      const other = await openRawClient(app.target)
      onTestFinished(() => other.end())
      await other.query('BEGIN')
      await other.query('DELETE FROM users WHERE id = $1', [person.id])
      const before = await sentTo(person)
      await withoutErrors(async () => {
        const delivering = app.deliver()
        await waitForBlockedStatements(other, 2) // both e-mails
        await other.query('COMMIT')
        await delivering
      })
      expect(await sentTo(person)).toBe(before)
    })

    const sentTo = ({ email }: Person) =>
      app.db.outboxMessage.count({ where: { recipient: { endsWith: email }, status: 'SENT' } })
  },
)
