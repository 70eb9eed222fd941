// When PostgreSQL refuses a row it prints the row: "Failing row contains (...)". Drivers attach that to the error that
// is logged. One broken constraint or full disk then shows hashes and addresses to all readers of the logs (CWE-209,
// CWE-532). The log contains only the message, code and stack of an error, and clients see only a request id.
import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, RefreshDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson, signIn } from '../support/app/client.js'

const app = await startApp({ env: { LOG_LEVEL: 'trace' } })
afterAll(app.close)

/** Every write to `table` fails while `work` runs. */
async function withFailingWrites<T>(table: string, work: () => Promise<T>) {
  await app.db.$executeRawUnsafe(
    `ALTER TABLE ${table} ADD CONSTRAINT broken CHECK (false) NOT VALID`,
  )
  try {
    return await work()
  } finally {
    await app.db.$executeRawUnsafe(`ALTER TABLE ${table} DROP CONSTRAINT broken`)
  }
}

describe.each(['users', 'password_credentials', 'sessions', 'refresh_tokens', 'audit_events'])(
  'a refused row of %s',
  (table) => {
    it('is neither in the log nor in the answer', async () => {
      const person = await registerPerson(app)
      const { refreshToken } = await signIn(app, person)
      const { seedHash } = await app.db.refreshToken.findFirstOrThrow({
        orderBy: { sessionId: 'desc' },
      })
      const { hash } = await app.db.passwordCredential.findUniqueOrThrow({
        where: { userId: person.id },
      })
      const users = await app.db.user.count()
      const lines = app.logLines.length

      const email = newEmail()
      const answers = await withFailingWrites(table, async () => [
        await call(app, RegisterDocument, { input: { email, password: goodPassword } }),
        await call(app, LoginDocument, {
          input: { email: person.email, password: person.password },
        }),
        await call(app, RefreshDocument, { input: { refreshToken } }),
      ])
      const written = app.logLines.slice(lines).join('')
      expect(written).toContain('violates check constraint')
      const secrets = [
        ...['$argon2id', hash, goodPassword, email, person.email],
        ...[refreshToken, refreshToken.slice(0, 40), Buffer.from(seedHash).toString('hex')],
      ]
      for (const secret of secrets) expect(written).not.toContain(secret)

      const failed = answers.filter(({ errors }) => errors.length > 0)
      expect(failed.length).toBeGreaterThan(0)
      for (const { text, errors, headers } of failed) {
        expect(errors).toMatchObject([
          {
            message: expect.stringContaining('request id') as string,
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: headers.get('x-request-id') },
          },
        ])
        expect(text).not.toMatch(/broken|constraint|prisma|23514|node_modules|\.ts|relation/i)
      }
      expect(await app.db.user.count()).toBe(users)
    })
  },
)
