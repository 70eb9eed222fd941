// An attacker who reads the database, a backup or the log must find no working link. Only hashes are stored. Tokens
// that wait for a retry are encrypted with a key that the database does not have.
import { createHash } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { newEmail, registerPerson } from '../../support/app/client.js'
import { createConfirmedChange } from '../../support/mail/email-changes.js'
import {
  requestEmailChange,
  requestPasswordReset,
  rejectEmailChange,
  resetPassword,
  verifyEmail,
} from '../../support/mail/mailed-links.js'
import { smtpError, startMailbox } from '../../support/mail/mailbox.js'
import { readAllRows } from '../../support/database/all-rows.js'

let isBusy = true
const mailbox = await startMailbox({
  refuse: (stage) => (isBusy && stage === 'data' ? smtpError(451, 'try again later') : null),
})
afterAll(mailbox.close)
const app = await startApp({
  env: { SMTP_URL: mailbox.url, MAIL_FROM: 'Latchkey <no-reply@example.com>' },
})
afterAll(app.close)

const tokensTo = (email: string) =>
  mailbox.to(email).flatMap(({ mail }) => /\?token=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? [])

/** The encodings in which a row could contain a token. */
const encodingsOf = (token: string) => {
  const bytes = Buffer.from(token, 'base64url')
  return [
    token,
    Buffer.from(token).toString('hex'),
    bytes.toString('hex'),
    bytes.toString('base64'),
  ]
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

it('the database and the log contain no mailed token before, between or after delivery attempts', async () => {
  const person = await registerPerson(app)
  const nextEmail = newEmail()
  await requestEmailChange(app, person.accessToken, nextEmail)
  await requestPasswordReset(app, person.email)
  const rowsAfterRequests = (await readAllRows(app)).join('\n')

  await app.deliver()
  const sealed = { status: 'WAITING' as const, sealedToken: { not: null } }
  expect(await app.db.outboxMessage.count({ where: sealed })).toBe(2) // the first message to each address
  const rowsBetween = (await readAllRows(app)).join('\n')

  isBusy = false
  app.clock.advance('1m')
  await app.deliver()
  const rowsAfter = (await readAllRows(app)).join('\n')
  expect(await app.db.outboxMessage.count({ where: { sealedToken: { not: null } } })).toBe(0)

  const [verify = '', reject = '', reset = ''] = tokensTo(person.email)
  const [change = ''] = tokensTo(nextEmail)
  expect(new Set([verify, reject, reset, change].map(({ length }) => length))).toEqual(
    new Set([43]),
  )
  const everything = [rowsAfterRequests, rowsBetween, rowsAfter, ...app.logLines].join('\n')
  for (const token of [verify, reject, reset, change]) {
    for (const spelling of encodingsOf(token)) expect(everything).not.toContain(spelling)
    expect(rowsAfter).toContain(hashOf(token))
  }
  // The waiting tokens are the ones that were sent, so the absence above is meaningful.
  expect(rowsBetween).toContain(hashOf(verify))
  expect(rowsBetween).toContain(hashOf(change))

  const { password } = person
  expect((await verifyEmail(app, { token: verify, password }))?.__typename).toBe('User')
  expect((await resetPassword(app, reset))?.__typename).toBe('User')
})

it('the database and the log contain no token of a change of address, and all of them work', async () => {
  const { person, ...tokens } = await createConfirmedChange(app)
  const { confirmToken, rejectToken, undoToken } = tokens
  const everything = [...(await readAllRows(app)), ...app.logLines].join('\n')
  for (const token of [confirmToken, rejectToken, undoToken]) {
    for (const spelling of encodingsOf(token)) expect(everything).not.toContain(spelling)
    expect(everything).toContain(hashOf(token))
  }
  for (const token of [rejectToken, undoToken]) {
    const input = { token, confirmEmail: person.email, password: person.password }
    expect((await rejectEmailChange(app, input))?.__typename).toBe('MailRequested')
  }
})
