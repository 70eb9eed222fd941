import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { emailKinds } from '../../../src/compose/features.js'
import { newId } from '../../../src/platform/crypto/ids.js'
import { confirmEmailChangeEmail } from '../../../src/features/email/emails/confirm-email-change.email.js'
import { accountDeletedEmail } from '../../../src/features/profile/account-deleted.email.js'
import type { Tx } from '../../../src/platform/database/database.js'
import {
  indexByName,
  prepareNotice,
  type EmailKind,
} from '../../../src/features/mail/email-kind.js'
import { defineEmail } from '../../../src/features/mail/define-email.js'
import { loadTemplates } from '../../../src/features/mail/templates.js'
import { startApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { createRequestedChange } from '../../support/mail/email-changes.js'
import { createSampleEmail, kindNames } from '../../support/mail/email-kinds.js'
import { listMailTo } from '../../support/mail/mail.js'
import { requestPasswordReset } from '../../support/mail/mailed-links.js'
import { findEmailJobs } from '../../support/processes/smtp-relay.js'
import { createTemplateFolder } from '../../support/mail/template-folder.js'

const app = await startApp()
afterAll(app.close)

const { database, outbox } = app.app.services

describe('the joined list of kinds', () => {
  it('contains every kind of the files *.email.ts', async () => {
    const src = new URL('../../../src/', import.meta.url)
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.email.ts'),
    )
    const declared = await Promise.all(
      files.map(async (file) => {
        const module = (await import(new URL(file, src).href)) as Record<string, EmailKind>
        const [kind, ...others] = Object.values(module)
        expect(others, file).toEqual([])
        const stem = kind?.name.toLowerCase().replaceAll('_', '-')
        expect(file.split('/').at(-1)).toBe(`${stem}.email.ts`)
        return kind?.name
      }),
    )
    expect(declared.sort()).toEqual([...kindNames].sort())
  })

  it('defines the template names of operators', async () => {
    const folder = createTemplateFolder({ 'unknown.html': 'x' })
    const loading = loadTemplates({ kinds: emailKinds, folder, product: 'Acme' })
    const refusal = await loading.then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    )
    const [, listed = ''] = /Expected (.*), or the texts/.exec(refusal) ?? []
    const kindFiles = kindNames.map((name) => name.toLowerCase().replaceAll('_', '-'))
    expect(listed.split(', ')).toEqual(
      ['html', 'txt'].flatMap((format) =>
        ['layout', ...kindFiles].map((stem) => `${stem}.${format}`),
      ),
    )
  })

  it('defines the texts that operators can override', async () => {
    const messages = Object.fromEntries(kindNames.map((name) => [name, { subject: `! ${name}` }]))
    const folder = createTemplateFolder({ 'en.json': { messages } })
    const { render } = await loadTemplates({ kinds: emailKinds, folder, product: 'Acme' })
    for (const kind of emailKinds) {
      const { subject } = render(createSampleEmail(kind.name, 'x:'))
      expect(subject).toBe(`! ${kind.name}`)
    }
  })

  it('defines the kinds that can be sent and previewed', async () => {
    const { person } = await createRequestedChange(app)
    const { email: recipient, id: accountId } = person
    const { id: change } = await app.db.emailChange.findFirstOrThrow({
      where: { userId: accountId },
    })
    const before = (await listMailTo(app, recipient)).length
    await database.transaction(async (tx) => {
      for (const kind of emailKinds) {
        const ofAnyDetails = kind as unknown as EmailKind<never, { change: string }>
        await outbox.enqueue(tx, { kind: ofAnyDetails, recipient, accountId, details: { change } })
      }
    })
    const sent = (await listMailTo(app, recipient)).slice(before)
    expect(sent.map(({ kind }) => kind)).toEqual(kindNames)
  })

  it('is refused if two kinds have the same name', () => {
    const [one] = emailKinds
    expect(() => indexByName([...emailKinds, ...(one ? [{ ...one }] : [])])).toThrow(
      `Two kinds of e-mail have the name ${one?.name ?? ''}. Rename one of them.`,
    )
  })
})

describe('a stored e-mail of an unknown kind', () => {
  const insertNewerKind = async (recipient: string) => {
    const now = app.clock.now()
    const times = { createdAt: now, dueAt: now, giveUpAt: new Date(now.getTime() + 86_400_000) }
    const id = newId(app.clock)
    await app.db.outboxMessage.create({
      data: { id, kind: 'NEWER', recipient, details: {}, ...times },
    })
    return id
  }
  const findLogLines = (text: string, id: string) =>
    app.logLines.filter((line) => line.includes(text) && line.includes(id))
  const lastError = 'no feature of this version declares the kind NEWER'

  it('waits an hour for a newer replica, then becomes a dead letter, and delays no other e-mail', async () => {
    const { email } = await registerPerson(app)
    await app.deliver()
    app.clock.advance('2h')
    const id = await insertNewerKind(email)
    await app.deliver()
    expect((await findEmailJobs(app, email)).at(-1)).toMatchObject({ status: 'WAITING', lastError })
    const [warning = ''] = findLogLines('could not be sent', id)
    expect(JSON.parse(warning)).toMatchObject({ kind: 'NEWER', reason: lastError })

    app.clock.advance('61m')
    await app.deliver()
    expect((await findEmailJobs(app, email)).at(-1)).toMatchObject({ status: 'DEAD', lastError })
    const [error = ''] = findLogLines('an e-mail became a dead letter', id)
    expect(JSON.parse(error)).toMatchObject({ kind: 'NEWER', reason: lastError })

    await requestPasswordReset(app, email)
    expect((await listMailTo(app, email)).at(-1)).toMatchObject({ kind: 'RESET_PASSWORD' })
  })
})

describe('these do not compile:', () => {
  const content = { subject: '{{product}}', paragraphs: ['{{email}}'] }
  const name = 'SAMPLE'
  const prepare = prepareNotice
  const text = {
    subject: '{{product}}',
    paragraphs: ['{{email}} {{lifetime}}'],
    action: 'x',
  } as const

  it('an e-mail of an undeclared kind, or without its details', () => {
    const recipient = 'ada@example.com'
    const details = { change: 'x' }
    const put = [
      (tx: Tx) => outbox.enqueue(tx, { kind: confirmEmailChangeEmail, recipient, details }),
      // @ts-expect-error A kind is a value.
      (tx: Tx) => outbox.enqueue(tx, { kind: 'CONFIRM_EMAIL_CHANGE', recipient, details }),
      // @ts-expect-error The id of the change is missing.
      (tx: Tx) => outbox.enqueue(tx, { kind: confirmEmailChangeEmail, recipient }),
      // @ts-expect-error The kind has no such details.
      (tx: Tx) => outbox.enqueue(tx, { kind: accountDeletedEmail, recipient, details }),
    ]
    expect(put).toHaveLength(4)
  })

  it('a kind with a missing or an additional language, part or placeholder', () => {
    const allLanguages = { en: text, de: text, es: text }
    defineEmail({ name, prepare, path: '/x', texts: allLanguages })
    // @ts-expect-error A language is missing.
    defineEmail({ name, prepare, path: '/x', texts: { en: text, de: text } })
    const es = { ...text, paragraphs: ['{{email}}'] } as const
    // @ts-expect-error The lifetime is missing in one language.
    defineEmail({ name, prepare, path: '/x', texts: { ...allLanguages, es } })
    // @ts-expect-error The lifetime of the link is missing in all.
    defineEmail({ name, prepare, path: '/x', texts: { en: es, de: es, es } })
    // @ts-expect-error The label of the button is missing.
    defineEmail({ name, prepare, path: '/x', texts: { en: content, de: content, es: content } })
    // @ts-expect-error Without a link there is no lifetime.
    defineEmail({ name, prepare, path: null, texts: allLanguages })
    const numbered = { subject: '{{product}}', paragraphs: ['{{email}} {{n}}'] } as const
    const counted = { en: numbered, de: numbered, es: numbered }
    defineEmail({ name, prepare, path: null, counts: ['n'], texts: { ...counted } })
    // @ts-expect-error The count is missing in one language.
    defineEmail({ name, prepare, path: null, counts: ['n'], texts: { ...counted, es: content } })
    // @ts-expect-error The kind does not declare the count.
    defineEmail({ name, prepare, path: null, texts: { ...counted } })
    const de = { ...text, subject: '{{porduct}}' } as const
    // @ts-expect-error A placeholder is misspelt.
    defineEmail({ name, prepare, path: '/x', texts: { ...allLanguages, de } })
    const closing = { ...text, closing: ['Bye'] } as const
    // @ts-expect-error The other languages have a closing.
    defineEmail({ name, prepare, path: '/x', texts: { en: closing, de: closing, es: text } })
  })
})
