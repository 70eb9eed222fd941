import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSmtpTransport } from '../../../src/features/mail/smtp-transport.js'
import { sampleMail } from '../../support/mail/sample-mail.js'
import { startApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { startMailbox } from '../../support/mail/mailbox.js'

describe('an e-mail', async () => {
  const mailbox = await startMailbox()
  const MAIL_FROM = 'Bücherei Süd <no-reply@mail.example.org>'
  const app = await startApp({ env: { SMTP_URL: mailbox.url, MAIL_FROM } })
  afterAll(async () => {
    await app.close()
    await mailbox.close()
  })

  it('has the sender, the headers for automatic e-mail and the Message-ID', async () => {
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
    const ageMs = createdAt.getTime() - Date.parse(headers.get('date') ?? '')
    expect(Math.abs(ageMs)).toBeLessThan(1_000)
  })

  it('has text before HTML, encoded as ASCII', async () => {
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

it('reaches every address that HTML allows, and only that address', async () => {
  const relay = await startRecordingRelay()
  const app = await startApp({
    env: { SMTP_URL: relay.url, MAIL_FROM: 'no-reply@mail.example.org' },
  })
  onTestFinished(async () => {
    await app.close()
    relay.close()
  })
  // RFC 5321 §4.1.2: a local part that is no dot-string is quoted, with the same meaning.
  const addresses = new Map([
    ['aa..bb@docomo.ne.jp', '"aa..bb"@docomo.ne.jp'],
    ['.dd@example.com', '".dd"@example.com'],
    ['ee.@example.com', '"ee."@example.com'],
    ['ff@localhost', 'ff@localhost'],
    ["!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"],
    ['kk@xn--bcher-kva.example', 'kk@xn--bcher-kva.example'],
  ])
  const longEmail = `${'g'.repeat(64)}@${'h'.repeat(63)}.${'i'.repeat(63)}.${'j'.repeat(61)}`
  addresses.set(longEmail, longEmail)
  for (const email of addresses.keys()) await registerPerson(app, email)
  await app.deliver()

  const transcript = relay.transcript()
  expect(transcript.match(/^RCPT TO:.*$/gm)?.sort()).toEqual(
    [...addresses.values()].map((address) => `RCPT TO:<${address}>`).sort(),
  )
  const unfolded = transcript.replace(/\n[ \t]+/g, ' ').replace(/^To: <(.*)>$/gm, 'To: $1')
  expect(unfolded.match(/^(To|Cc|Bcc): .*$/gim)?.sort()).toEqual(
    [...addresses.values()].map((address) => `To: ${address}`).sort(),
  )
})

/** A relay that accepts everything and records it without validation. */
async function startRecordingRelay() {
  let transcript = ''
  const server = createServer((socket) => {
    let inMessage = false
    socket.write('220 ready\r\n')
    createInterface(socket.on('error', () => undefined)).on('line', (line) => {
      transcript += `${line}\n`
      if (inMessage && line !== '.') return
      const isStart = line === 'DATA'
      inMessage = isStart
      socket.write(isStart ? '354 go on\r\n' : '250 taken\r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    transcript: () => transcript,
    close: () => server.close(),
  }
}

it('the Message-ID of an internationalized domain is ASCII', async () => {
  const mailbox = await startMailbox()
  onTestFinished(mailbox.close)
  const transport = createSmtpTransport({ url: mailbox.url, from: 'no-reply@bücher.example' })
  await transport.send(sampleMail, AbortSignal.timeout(5_000))
  transport.close()
  const [received] = mailbox.received
  expect(received?.source).toMatch(/^Message-ID: <[\w-]+@xn--bcher-kva\.example>\r$/m)
})
