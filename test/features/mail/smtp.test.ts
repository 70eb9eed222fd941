import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SMTPServerOptions } from 'smtp-server'
import { createSmtpTransport } from '../../../src/features/mail/smtp-transport.js'
import { sampleMail } from '../../support/mail/sample-mail.js'
import { createSelfSignedCertificate } from '../../support/processes/certificate.js'
import { smtpError, startMailbox } from '../../support/mail/mailbox.js'

const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = keyPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const lines = createSelfSignedCertificate(keyPair)
  .toString('base64')
  .match(/.{1,64}/g)
const cert = `-----BEGIN CERTIFICATE-----\n${lines?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`

const from = 'no-reply@example.org'
/** A relay, its received commands besides e-mails, and a transport to it with the given URL. */
async function startRelayWith(server: SMTPServerOptions) {
  const recorded = { passwords: [] as (string | undefined)[], secure: [] as boolean[] }
  const mailbox = await startMailbox({
    server: {
      key,
      cert,
      onAuth: ({ username, password }, _session, callback) => {
        recorded.passwords.push(`${username ?? ''} ${password ?? ''}`)
        if (password === 'wrong') callback(smtpError(535, 'who are you?'))
        else callback(null, { user: username })
      },
      onMailFrom: (_address, { secure }, callback) => {
        recorded.secure.push(secure)
        callback()
      },
      ...server,
    },
  })
  onTestFinished(mailbox.close)
  const { port } = new URL(mailbox.url)
  const send = async (url: string) => {
    const transport = createSmtpTransport({ url: url.replace('PORT', port), from })
    await transport.send(sampleMail, AbortSignal.timeout(5_000)).finally(transport.close)
  }
  return { ...recorded, received: mailbox.received, send }
}

const skipVerification = 'tls.rejectUnauthorized=false'

describe('TLS', () => {
  it('is used for smtps://', async () => {
    const { send, secure, received } = await startRelayWith({ secure: true })
    await send(`smtps://127.0.0.1:PORT/?${skipVerification}`)
    expect(secure).toEqual([true])
    expect(received).toHaveLength(1)
  })

  it('is used with STARTTLS if the relay offers it', async () => {
    const { send, secure, received } = await startRelayWith({ disabledCommands: [] })
    await send(`smtp://127.0.0.1:PORT/?${skipVerification}`)
    expect(secure).toEqual([true])
    expect(received).toHaveLength(1)
  })

  it.each([
    ['smtps://', { secure: true }],
    ['smtp://', { disabledCommands: [] }],
  ])('sends nothing if the certificate is not trusted: %s', async (scheme, server) => {
    const { send, secure, passwords } = await startRelayWith(server)
    const sending = send(`${scheme}me:secret@127.0.0.1:PORT`)
    await expect(sending).rejects.toMatchObject({ name: 'Unreachable' })
    expect({ secure, passwords }).toEqual({ secure: [], passwords: [] })
  })
})

describe('a password', () => {
  const insecureAuthOptions = { allowInsecureAuth: true }

  it('is decoded from the URL', async () => {
    const { send, passwords, received } = await startRelayWith(insecureAuthOptions)
    const [user, password] = ['me@example.org', 'p@ss:w/ö?#%rd 1+1']
    await send(`smtp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:PORT`)
    expect(passwords).toEqual([`${user} ${password}`])
    expect(received).toHaveLength(1)
  })

  it('that is refused counts as an outage of the relay, not as a failure of the e-mail', async () => {
    const { send, received } = await startRelayWith(insecureAuthOptions)
    const sending = send('smtp://me:wrong@127.0.0.1:PORT')
    const refused = {
      name: 'Unreachable',
      message: expect.stringContaining('who are you') as string,
    }
    await expect(sending).rejects.toMatchObject(refused)
    await expect(sending).rejects.not.toMatchObject({
      message: expect.stringContaining('wrong') as string,
    })
    expect(received).toEqual([])
  })

  // 0.0.0.0 also reaches this machine, and is not one of its known loopback names.
  it('is never sent unencrypted to another host, even if an attacker hides STARTTLS', async () => {
    const { send, passwords, secure } = await startRelayWith(insecureAuthOptions)
    const sending = send('smtp://me:secret@0.0.0.0:PORT')
    await expect(sending).rejects.toMatchObject({ name: 'Unreachable' })
    expect({ secure, passwords }).toEqual({ secure: [], passwords: [] })
  })

  it('is sent to another host with STARTTLS', async () => {
    const { send, passwords, secure } = await startRelayWith({ disabledCommands: [] })
    await send(`smtp://me:secret@0.0.0.0:PORT/?${skipVerification}`)
    expect({ secure, passwords }).toEqual({ secure: [true], passwords: ['me secret'] })
  })

  it('is not required: relays without TLS work in a private network', async () => {
    const { send, received } = await startRelayWith({})
    await send('smtp://0.0.0.0:PORT')
    expect(received).toHaveLength(1)
  })
})
