// DNS rebinding: a web page makes its own name resolve to 127.0.0.1. It then reads a development server as its own
// origin (Jackson et al. 2007; CVE-2018-5702 and many more). The links in /dev/mail set passwords. Only a browser on
// this machine that uses a local name may read them.
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerPerson, type Person } from '../support/app/client.js'
import { startBrowsableApp } from '../support/app/browsable-app.js'
import { getLastMailTo } from '../support/mail/mail.js'
import { openPage } from '../support/browser/hosted-pages.js'
import { sendRaw } from '../support/app/raw-http.js'

const trustedOrigin = 'https://app.example.com'
const app = await startBrowsableApp({ env: { CORS_ORIGINS: trustedOrigin } }, '0.0.0.0')
afterAll(app.close)

let person: Person
let token: string
let paths: string[]
beforeAll(async () => {
  person = await registerPerson(app)
  const { id, url } = await getLastMailTo(app, person.email)
  token = new URL(url ?? '').searchParams.get('token') ?? ''
  paths = ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`]
  expect(token).toMatch(/^[\w-]{43}$/)
})

const ask = (path: string, headers: string) =>
  sendRaw(app, `GET ${path} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`)

/** The response reveals nothing of a message, neither its existence nor its recipient. */
async function expectNothing(answer: (path: string) => Promise<string>) {
  const unknownMessage = bodyOf(await answer('/dev/mail/nothing'))
  for (const path of paths) {
    const text = await answer(path)
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
    expect(bodyOf(text)).toBe(unknownMessage)
    for (const secret of [token, person.email, 'Confirm', 'iframe']) {
      expect(text).not.toContain(secret)
    }
  }
}

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n'))

describe('a developer sees the messages', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost:4000', '127.0.0.1', '127.0.0.1:80', '[::1]:4000'])(
    'at %s',
    async (host) => {
      expect(await ask('/dev/mail', `host: ${host}\r\n`)).toContain(person.email)
      expect(await ask(paths[1] ?? '', `host: ${host}\r\n`)).toContain(token)
    },
  )
})

describe('a page that makes its own name resolve to this machine sees nothing', () => {
  it.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    'localhost.',
    'notlocalhost',
    'evil-localhost',
    'localhost@evil.example',
    'localhost:4000@evil.example',
    'evil.example#localhost',
    'evil.example/localhost',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '127.0.0.2',
    '192.168.1.2',
    'localhost, evil.example',
    'localhost evil.example',
    '',
    'x:99999',
    '%6cocalhost.evil.example',
  ])('at %j', async (host) => {
    await expectNothing((path) => ask(path, `host: ${host}\r\n`))
  })

  it('nor with the local name in any other header', async () => {
    const local = 'x-forwarded-host: localhost\r\norigin: http://localhost\r\nx-host: localhost\r\n'
    await expectNothing((path) => ask(path, `host: evil.example\r\n${local}`))
  })
})

it.each([
  'x-forwarded-for: 127.0.0.1',
  'X-Forwarded-For: ',
  'forwarded: for=127.0.0.1;host=localhost',
  'via: 1.1 proxy',
  'x-real-ip: 127.0.0.1',
  'x-forwarded-host: localhost',
  'cf-connecting-ip: 127.0.0.1',
])('a request through a proxy sees nothing: %s', async (header) => {
  await expectNothing((path) => ask(path, `host: localhost\r\n${header}\r\n`))
})

const ownInterface = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')

it.skipIf(!ownInterface)('another machine sees nothing, with any host name', async () => {
  const url = `http://${ownInterface?.address ?? ''}:${app.port}`
  const healthy = await sendRaw(
    { url },
    'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  )
  expect(healthy).toMatch(/^HTTP\/1\.1 200 /)
  for (const host of ['localhost', '127.0.0.1', ownInterface?.address ?? '']) {
    await expectNothing((path) =>
      sendRaw({ url }, `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
    )
  }
})

describe('a page of another origin cannot read a message', () => {
  // Nor can an app in CORS_ORIGINS, nor a script injected into it.
  it.each([
    'https://evil.example',
    'null',
    'http://localhost:3000',
    'http://localhost',
    trustedOrigin,
  ])('of %s', async (origin) => {
    await expectNothing((path) => ask(path, `host: localhost\r\norigin: ${origin}\r\n`))
  })

  it('without an origin header', async () => {
    for (const path of paths) {
      const { status, headers } = await openPage(app, path)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null])
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })
})
