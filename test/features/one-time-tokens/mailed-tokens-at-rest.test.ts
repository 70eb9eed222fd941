// Whoever reads the database, a backup or the log must find no link that works: only hashes are stored, and what waits
// for the next try is sealed with a key that the database does not have.
import { createHash } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { newEmail, registerPerson } from '../../support/app/client.js'
import { madeChange } from '../../support/mail/email-changes.js'
import {
  askForChange,
  askForReset,
  rejectChange,
  resetPassword,
  verifyEmail,
} from '../../support/mail/mailed-links.js'
import { smtpError, startMailbox } from '../../support/mail/mailbox.js'
import { allRows } from '../../support/database/remains.js'

let isBusy = true
const mailbox = await startMailbox({
  refuse: (stage) => (isBusy && stage === 'data' ? smtpError(451, 'try again later') : null),
})
afterAll(mailbox.close)
const app = await startApp({
  env: { SMTP_URL: mailbox.url, MAIL_FROM: 'Latchkey <no-reply@example.com>' },
})
afterAll(app.close)

const tokensTo = (address: string) =>
  mailbox.to(address).flatMap(({ mail }) => /\?token=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? [])

/** The ways in which a token could stand in a row. */
const spellings = (token: string) => {
  const bytes = Buffer.from(token, 'base64url')
  return [
    token,
    Buffer.from(token).toString('hex'),
    bytes.toString('hex'),
    bytes.toString('base64'),
  ]
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

it('no mailed token is in the database or the log, before, between or after the tries', async () => {
  const person = await registerPerson(app)
  const moved = newEmail()
  await askForChange(app, person.accessToken, moved)
  await askForReset(app, person.email)
  const asked = (await allRows(app)).join('\n')

  await app.deliver()
  const sealed = { status: 'WAITING' as const, sealedToken: { not: null } }
  expect(await app.db.outboxMessage.count({ where: sealed })).toBe(2) // the first to each address
  const between = (await allRows(app)).join('\n')

  isBusy = false
  app.clock.advance('1m')
  await app.deliver()
  const after = (await allRows(app)).join('\n')
  expect(await app.db.outboxMessage.count({ where: { sealedToken: { not: null } } })).toBe(0)

  const [verify = '', reject = '', reset = ''] = tokensTo(person.email)
  const [change = ''] = tokensTo(moved)
  expect(new Set([verify, reject, reset, change].map(({ length }) => length))).toEqual(
    new Set([43]),
  )
  const everything = [asked, between, after, ...app.logLines].join('\n')
  for (const token of [verify, reject, reset, change]) {
    for (const spelling of spellings(token)) expect(everything).not.toContain(spelling)
    expect(after).toContain(hashOf(token))
  }
  // Those that waited are the ones that were sent: that they were not found there means something.
  expect(between).toContain(hashOf(verify))
  expect(between).toContain(hashOf(change))

  const { password } = person
  expect((await verifyEmail(app, { token: verify, password }))?.__typename).toBe('User')
  expect((await resetPassword(app, reset))?.__typename).toBe('User')
})

it('nor are those of a change of address, which all work', async () => {
  const { person, ...tokens } = await madeChange(app)
  const { confirmToken, rejectToken, undoToken } = tokens
  const everything = [...(await allRows(app)), ...app.logLines].join('\n')
  for (const token of [confirmToken, rejectToken, undoToken]) {
    for (const spelling of spellings(token)) expect(everything).not.toContain(spelling)
    expect(everything).toContain(hashOf(token))
  }
  for (const token of [rejectToken, undoToken]) {
    const input = { token, confirmEmail: person.email, password: person.password }
    expect((await rejectChange(app, input))?.__typename).toBe('MailRequested')
  }
})
