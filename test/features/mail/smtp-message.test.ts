import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { smtpTransport } from '../../../src/features/mail/smtp-transport.js'
import { sampleMail } from '../../support/sample-mail.js'
import { startApp } from '../../support/app.js'
import { registerPerson } from '../../support/client.js'
import { startMailbox } from '../../support/mailbox.js'

describe('a message', async () => {
  const mailbox = await startMailbox()
  const MAIL_FROM = 'Bücherei Süd <no-reply@mail.example.org>'
  const app = await startApp({ env: { SMTP_URL: mailbox.url, MAIL_FROM } })
  afterAll(async () => {
    await app.close()
    await mailbox.close()
  })

  it('says who it comes from, that no person wrote it, and which one it is', async () => {
    const { email } = await registerPerson(app)
    await app.deliver()
    const [received] = mailbox.to(email)
    const { id, createdAt } = await app.db.outboxMessage.findFirstOrThrow({
      where: { recipient: email },
    })
    expect(received).toMatchObject({ from: 'no-reply@mail.example.org', to: [email] })
    expect(received?.mail).toMatchObject({
      from: { name: 'Bücherei Süd', address: 'no-reply@mail.example.org' },
      to: [{ name: '', address: email }],
      messageId: `<${id}@mail.example.org>`,
    })
    const headers = new Map(received?.mail.headers.map(({ key, value }) => [key, value]))
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    const age = createdAt.getTime() - Date.parse(headers.get('date') ?? '')
    expect(Math.abs(age)).toBeLessThan(1_000)
  })

  it('is text first and HTML after it, in ASCII on the wire', async () => {
    const { email } = await registerPerson(app)
    await app.deliver()
    const [received] = mailbox.to(email)
    const types = [...(received?.source ?? '').matchAll(/^Content-Type: ([\w/]+)/gim)]
    expect(types.map(([, type]) => type)).toEqual([
      'multipart/alternative',
      'text/plain',
      'text/html',
    ])
    expect(received?.source).toMatch(/^\p{ASCII}+$/u)
    expect(received?.mail.text).toContain('Bücherei Süd')
    const [, token = 'none'] = /token=([\w-]{43})/.exec(received?.mail.text ?? '') ?? []
    expect(received?.mail.html).toContain(token)
  })
})

it('the Message-ID of a domain with other letters is ASCII', async () => {
  const mailbox = await startMailbox()
  onTestFinished(mailbox.close)
  const transport = smtpTransport({ url: mailbox.url, from: 'no-reply@bücher.example' })
  await transport.send(sampleMail, AbortSignal.timeout(5_000))
  transport.close()
  const [received] = mailbox.received
  expect(received?.source).toMatch(/^Message-ID: <[\w-]+@xn--bcher-kva\.example>\r$/m)
})
