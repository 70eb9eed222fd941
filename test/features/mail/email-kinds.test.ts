import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { emailKinds } from '../../../src/compose/features.js'
import { newId } from '../../../src/platform/crypto/ids.js'
import { confirmEmailChange } from '../../../src/features/email/emails/confirm-email-change.email.js'
import { accountDeleted } from '../../../src/features/profile/account-deleted.email.js'
import type { Tx } from '../../../src/platform/database/database.js'
import { byName, notice, type EmailKind } from '../../../src/features/mail/email-kind.js'
import { defineEmail } from '../../../src/features/mail/define-email.js'
import { loadTemplates } from '../../../src/features/mail/templates.js'
import { startApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { askedChange } from '../../support/mail/email-changes.js'
import { kindNames } from '../../support/mail/email-kinds.js'
import { mailTo } from '../../support/mail/mail.js'
import { askForReset } from '../../support/mail/mailed-links.js'
import { rowsFor } from '../../support/processes/relay.js'
import { templateFolder } from '../../support/mail/template-folder.js'

const app = await startApp()
afterAll(app.close)

const { database, outbox } = app.app.services

describe('the joined list of kinds', () => {
  it('has every kind that a file *.email.ts declares', async () => {
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

  it('is what the templates of an operator can be named after', async () => {
    const folder = templateFolder({ 'unknown.html': 'x' })
    const loading = loadTemplates({ kinds: emailKinds, folder, product: 'Acme' })
    const refusal = await loading.then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    )
    const [, listed = ''] = /expected (.*), or the texts/.exec(refusal) ?? []
    const own = kindNames.map((name) => name.toLowerCase().replaceAll('_', '-'))
    expect(listed.split(', ')).toEqual(
      ['html', 'txt'].flatMap((format) => ['layout', ...own].map((stem) => `${stem}.${format}`)),
    )
  })

  it('is what the texts of an operator can change', async () => {
    const messages = Object.fromEntries(kindNames.map((name) => [name, { subject: `! ${name}` }]))
    const folder = templateFolder({ 'en.json': { messages } })
    const { render } = await loadTemplates({ kinds: emailKinds, folder, product: 'Acme' })
    for (const kind of emailKinds) {
      const link =
        kind.path === null ? { url: null, lifetime: null } : { url: 'x:', lifetime: 60_000 }
      const { subject } = render({ kind, locale: null, email: 'ada@example.com', ...link })
      expect(subject).toBe(`! ${kind.name}`)
    }
  })

  it('is what can be sent and is shown in the preview', async () => {
    const { person } = await askedChange(app)
    const { email: recipient, id: accountId } = person
    const { id: change } = await app.db.emailChange.findFirstOrThrow({
      where: { userId: accountId },
    })
    const before = (await mailTo(app, recipient)).length
    await database.transaction(async (tx) => {
      for (const kind of emailKinds) {
        const ofAnyDetails = kind as unknown as EmailKind<never, { change: string }>
        await outbox.put(tx, { kind: ofAnyDetails, recipient, accountId, details: { change } })
      }
    })
    const sent = (await mailTo(app, recipient)).slice(before)
    expect(sent.map(({ kind }) => kind)).toEqual(kindNames)
  })

  it('is refused when two kinds have one name', () => {
    const [one] = emailKinds
    expect(() => byName([...emailKinds, ...(one ? [{ ...one }] : [])])).toThrow(
      `two kinds of e-mail are named ${one?.name ?? ''}`,
    )
  })
})

describe('a stored message of a kind that this version does not know', () => {
  const newer = async (recipient: string) => {
    const now = app.clock.now()
    const times = { createdAt: now, dueAt: now, giveUpAt: new Date(now.getTime() + 86_400_000) }
    const id = newId(app.clock)
    await app.db.outboxMessage.create({
      data: { id, kind: 'NEWER', recipient, details: {}, ...times },
    })
    return id
  }
  const told = (text: string, id: string) =>
    app.logLines.filter((line) => line.includes(text) && line.includes(id))
  const lastError = 'no feature of this version declares the kind NEWER'

  it('waits an hour for a newer replica, then is a dead letter, and holds up no other', async () => {
    const { email } = await registerPerson(app)
    await app.deliver()
    app.clock.advance('2h')
    const id = await newer(email)
    await app.deliver()
    expect((await rowsFor(app, email)).at(-1)).toMatchObject({ status: 'WAITING', lastError })
    const [warning = ''] = told('could not be sent', id)
    expect(JSON.parse(warning)).toMatchObject({ kind: 'NEWER', reason: lastError })

    app.clock.advance('61m')
    await app.deliver()
    expect((await rowsFor(app, email)).at(-1)).toMatchObject({ status: 'DEAD', lastError })
    const [error = ''] = told('a message was given up', id)
    expect(JSON.parse(error)).toMatchObject({ kind: 'NEWER', reason: lastError })

    await askForReset(app, email)
    expect((await mailTo(app, email)).at(-1)).toMatchObject({ kind: 'RESET_PASSWORD' })
  })
})

describe('these do not compile:', () => {
  const said = { subject: '{{product}}', paragraphs: ['{{email}}'] }
  const name = 'SAMPLE'
  const prepare = notice
  const text = {
    subject: '{{product}}',
    paragraphs: ['{{email}} {{lifetime}}'],
    action: 'x',
  } as const

  it('a message of no declared kind, or without its details', () => {
    const recipient = 'ada@example.com'
    const details = { change: 'x' }
    const put = [
      (tx: Tx) => outbox.put(tx, { kind: confirmEmailChange, recipient, details }),
      // @ts-expect-error A kind is a value.
      (tx: Tx) => outbox.put(tx, { kind: 'CONFIRM_EMAIL_CHANGE', recipient, details }),
      // @ts-expect-error The id of the change is missing.
      (tx: Tx) => outbox.put(tx, { kind: confirmEmailChange, recipient }),
      // @ts-expect-error Nobody reads these details.
      (tx: Tx) => outbox.put(tx, { kind: accountDeleted, recipient, details: { change: 'x' } }),
    ]
    expect(put).toHaveLength(4)
  })

  it('a kind that lacks a language, a part or a placeholder, or has one too many', () => {
    const whole = { en: text, de: text, es: text }
    defineEmail({ name, prepare, path: '/x', texts: whole })
    // @ts-expect-error A language is missing.
    defineEmail({ name, prepare, path: '/x', texts: { en: text, de: text } })
    const es = { ...text, paragraphs: ['{{email}}'] } as const
    // @ts-expect-error The lifetime is missing in one language.
    defineEmail({ name, prepare, path: '/x', texts: { ...whole, es } })
    // @ts-expect-error The lifetime of the link is missing in all.
    defineEmail({ name, prepare, path: '/x', texts: { en: es, de: es, es } })
    // @ts-expect-error The label of the button is missing.
    defineEmail({ name, prepare, path: '/x', texts: { en: said, de: said, es: said } })
    // @ts-expect-error Without a link there is no lifetime.
    defineEmail({ name, prepare, path: null, texts: whole })
    const de = { ...text, subject: '{{porduct}}' } as const
    // @ts-expect-error A placeholder is misspelt.
    defineEmail({ name, prepare, path: '/x', texts: { ...whole, de } })
    const closing = { ...text, closing: ['Bye'] } as const
    // @ts-expect-error The other languages have a closing.
    defineEmail({ name, prepare, path: '/x', texts: { en: closing, de: closing, es: text } })
  })
})
