// Each response of an authenticator that differs from an honest one in one point is refused with its typed outcome,
// and nothing but the audit log changes (WebAuthn §7.1, §7.2).
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from '../support/app/app.js'
import { createAttestationCertificate } from '../support/app/attestation-certificate.js'
import {
  appOrigin,
  createAuthenticator,
  encodeCbor,
  type CborValue,
  type Lie,
} from '../support/app/authenticator.js'
import { registerPerson, type Person } from '../support/app/client.js'
import {
  addPasskey,
  beginLogin,
  beginRegistration,
  outcomeOf,
  run,
  signInWithPasskey,
} from '../support/app/passkeys.js'
import { findAuditEvents, trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

type Alter = (response: Response) => unknown
interface Response {
  readonly response: object
}

const withPart =
  (part: object): Alter =>
  (honest) => ({
    ...honest,
    response: { ...honest.response, ...part },
  })

const encode = (text: string) => Buffer.from(text).toString('base64url')
const nestedCbor = Buffer.alloc(12_000, 0x81).toString('base64url') // 12,000 arrays in each other

/** Lies that any response can tell. */
const commonLies: [string, Lie, Alter?][] = [
  ['another origin', { clientData: { origin: 'https://evil.example' } }],
  ['the origin with a slash', { clientData: { origin: `${appOrigin}/` } }],
  ['the origin with another port', { clientData: { origin: 'http://localhost:4001' } }],
  ['no origin', { clientData: { origin: undefined } }],
  ['the RP ID of another service', { rpId: 'evil.example' }],
  ['no user present', { up: false }],
  ['no user verified', { uv: false }],
  ['another challenge', { clientData: { challenge: 'A'.repeat(43) } }],
  ['a ceremony of another type', { clientData: { type: 'payment.get' } }],
  ['a page in a frame', { clientData: { crossOrigin: true } }],
  [
    'a page in a frame of',
    { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } },
  ],
  ['a top origin alone', { clientData: { topOrigin: appOrigin } }],
  ['crossOrigin as text', { clientData: { crossOrigin: 'true' } }],
  ['crossOrigin null', { clientData: { crossOrigin: null } }],
  ['a backup that is not eligible', { be: false, bs: true }],
  ['10 bytes of authenticator data', { authData: Buffer.alloc(10) }],
  ['no authenticator data', { authData: Buffer.alloc(0) }],
  ['the id of another credential', { id: 'QUJDREVGRw' }],
  ['ids that differ', {}, (honest) => ({ ...honest, rawId: 'QUJDREVGRw' })],
  ['a padded id', {}, (honest) => ({ ...honest, id: 'QUI=', rawId: 'QUI=' })],
  ['an empty id', {}, (honest) => ({ ...honest, id: '', rawId: '' })],
  ['a long id', {}, (honest) => ({ ...honest, id: 'A'.repeat(9_999), rawId: 'A'.repeat(9_999) })],
  ['another type', {}, (honest) => ({ ...honest, type: 'password' })],
  ['null', {}, () => null],
  ['a number', {}, () => 7],
  ['text', {}, () => 'response'],
  ['a list', {}, (honest) => [honest]],
  ['an empty object', {}, () => ({})],
  ['no parts', {}, (honest) => ({ ...honest, response: {} })],
  ['parts null', {}, (honest) => ({ ...honest, response: null })],
  ['client data as a number', {}, withPart({ clientDataJSON: 7 })],
  ['client data that is no JSON', {}, withPart({ clientDataJSON: 'AAAA' })],
  ['client data null', {}, withPart({ clientDataJSON: encode('null') })],
  ['client data as a list', {}, withPart({ clientDataJSON: encode('[]') })],
  ['client data not in base64url', {}, withPart({ clientDataJSON: '%%%' })],
  ['huge client data', {}, withPart({ clientDataJSON: 'A'.repeat(90_000) })],
]

/** An id that no passkey has looks like a forgotten passkey, which a browser may remove. */
const unknownIds = new Set(['the id of another credential'])

const statementOf =
  (fmt: string, entries: [string, CborValue][] = []) =>
  () => ({ fmt, attStmt: new Map(entries) })

const registrationLies: [string, Lie, Alter?][] = [
  ...commonLies,
  ['the type of a sign-in', { clientData: { type: 'webauthn.get' } }],
  ['an algorithm that was not offered', { cose: new Map([[3, -35]]) }],
  ['an empty public key', { cose: new Map() }],
  [
    'a public key of 8 kB',
    {
      cose: new Map([
        [1, 3],
        [3, -257],
        [-1, Buffer.alloc(8_000)],
      ] as [number, CborValue][]),
    },
  ],
  ['fmt none with a statement', { statement: statementOf('none', [['sig', Buffer.alloc(8)]]) }],
  ['an unknown fmt', { statement: statementOf('evil') }],
  [
    'a self attestation with a wrong signature',
    {
      statement: ({ authData, privateKey }) => ({
        fmt: 'packed',
        attStmt: new Map<string, CborValue>([
          ['alg', -7],
          ['sig', sign('sha256', authData, privateKey)],
        ]),
      }),
    },
  ],
  [
    'a certificate',
    {
      statement: statementOf('packed', [
        ['alg', -7],
        ['sig', Buffer.alloc(8)],
        ['x5c', [Buffer.alloc(4)]],
      ]),
    },
  ],
  ...['apple', 'tpm', 'android-key', 'android-safetynet', 'fido-u2f'].map((fmt): [string, Lie] => [
    `an attestation ${fmt}`,
    { statement: statementOf(fmt, [['x5c', [Buffer.alloc(4)]]]) },
  ]),
  ['an attestation that is no CBOR', {}, withPart({ attestationObject: 'AAAA' })],
  [
    'an attestation without entries',
    {},
    withPart({ attestationObject: encodeCbor(new Map()).toString('base64url') }),
  ],
  ['an attestation as a number', {}, withPart({ attestationObject: 7 })],
  ['a deeply nested attestation', {}, withPart({ attestationObject: nestedCbor })],
  ['a huge attestation', {}, withPart({ attestationObject: 'A'.repeat(90_000) })],
]

const assertionLies: [string, Lie, Alter?][] = [
  ...commonLies,
  ['the type of a registration', { clientData: { type: 'webauthn.create' } }],
  ['a changed signature', { tamper: true }],
  [
    'a signature by another key',
    { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
  ],
  ['a raw signature', {}, withPart({ signature: Buffer.alloc(64, 1).toString('base64url') })],
  ['an empty signature', {}, withPart({ signature: '' })],
  ['a signature not in base64url', {}, withPart({ signature: '%%%' })],
  ['a signature as a list', {}, withPart({ signature: ['AAAA'] })],
  [
    'the user handle of another user',
    { userHandle: Buffer.from(randomUUID()).toString('base64url') },
  ],
  ['no user handle', {}, withPart({ userHandle: undefined })],
  ['a user handle null', {}, withPart({ userHandle: null })],
  ['an empty user handle', {}, withPart({ userHandle: '' })],
  ['a user handle as an object', {}, withPart({ userHandle: { length: 22 } })],
  ['a passkey that became able to sync', { be: true, bs: true }],
]

const asIs: Alter = (honest) => honest

describe('a registration with', () => {
  it.each(registrationLies)('%s is refused', async (_, lie, alter = asIs) => {
    const person = await registerPerson(app)
    const { challengeToken, options } = await beginRegistration(app, person)
    const response = alter(createAuthenticator().create(options, lie))
    const input = { challengeToken, response }
    const { result, touched } = await trackChanges(app, () =>
      run(app, 'finishPasskeyRegistration', input, person.accessToken),
    )
    expect([outcomeOf(result), touched]).toEqual([
      response === null ? 'BAD_USER_INPUT' : 'INVALID_PASSKEY_RESPONSE',
      [],
    ])
  })
})

describe('a sign-in with', async () => {
  const person = await registerPerson(app)
  const { authenticator } = await addPasskey(app, person)

  it.each(assertionLies)('%s is refused', async (lieName, lie, alter = asIs) => {
    const { challengeToken, options } = await beginLogin(app)
    const response = alter(authenticator.get(options, lie))
    const input = { challengeToken, response }
    const { result, touched } = await trackChanges(app, () => run(app, 'finishPasskeyLogin', input))
    const refusal = unknownIds.has(lieName) ? 'UNKNOWN_PASSKEY' : 'INVALID_PASSKEY_RESPONSE'
    expect([outcomeOf(result), touched]).toEqual(
      response === null ? ['BAD_USER_INPUT', []] : [refusal, ['audit_events']],
    )
  })

  it('no lie is accepted, and a lie burns no challenge', async () => {
    const { challengeToken, options } = await beginLogin(app)
    const forged = { challengeToken, response: authenticator.get(options, { tamper: true }) }
    expect(outcomeOf(await run(app, 'finishPasskeyLogin', forged))).toBe('INVALID_PASSKEY_RESPONSE')
    const honest = { challengeToken, response: authenticator.get(options) }
    expect(outcomeOf(await run(app, 'finishPasskeyLogin', honest))).toBe('AuthPayload')
  })
})

describe('honest variants that are accepted', () => {
  it('a self attestation', async () => {
    const lie: Lie = {
      statement: ({ authData, clientDataHash, privateKey }) => {
        const signature = sign('sha256', Buffer.concat([authData, clientDataHash]), privateKey)
        const attStmt = new Map<string, CborValue>([
          ['alg', -7],
          ['sig', signature],
        ])
        return { fmt: 'packed', attStmt }
      },
    }
    const { authenticator } = await addPasskey(app, await registerPerson(app), { lie })
    expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('AuthPayload')
  })

  it('further members of the client data', async () => {
    const { authenticator } = await addPasskey(app, await registerPerson(app))
    const lie = { clientData: { other_keys_can_be_added_here: 'do not compare clientDataJSON' } }
    expect(outcomeOf(await signInWithPasskey(app, authenticator, { lie }))).toBe('AuthPayload')
  })
})

it('a credential id that another account has is refused, without telling whose it is', async () => {
  const [owner, thief] = [await registerPerson(app), await registerPerson(app)]
  const { authenticator } = await addPasskey(app, owner)
  const credentialId = authenticator.credentials[0]?.id
  if (!credentialId) throw new Error('no passkey')
  const register = async (person: Person) => {
    const { challengeToken, options } = await beginRegistration(app, person)
    const response = createAuthenticator().create(options, { credentialId })
    const input = { challengeToken, response }
    return run(app, 'finishPasskeyRegistration', input, person.accessToken)
  }
  const [own, foreign] = [await register(owner), await register(thief)]
  expect(foreign).toEqual(own)
  expect(outcomeOf(foreign)).toBe('INVALID_PASSKEY_RESPONSE')
  expect(await app.db.passkey.count({ where: { userId: thief.id } })).toBe(0)
  expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('AuthPayload')
})

it('a valid attestation with a certificate is refused, and no URL in it is fetched (SSRF)', async () => {
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const person = await registerPerson(app)
  const { x5c, key } = createAttestationCertificate(`http://127.0.0.1:${port}/crl`)
  for (const fmt of ['packed', 'apple', 'tpm', 'android-key', 'fido-u2f']) {
    const { challengeToken, options } = await beginRegistration(app, person)
    const statement: Lie['statement'] = ({ authData, clientDataHash }) => {
      const signature = sign('sha256', Buffer.concat([authData, clientDataHash]), key)
      const attStmt = new Map<string, CborValue>([
        ['alg', -7],
        ['sig', signature],
        ['x5c', x5c],
      ])
      return { fmt, attStmt }
    }
    const response = createAuthenticator().create(options, { statement })
    const input = { challengeToken, response }
    const result = await run(app, 'finishPasskeyRegistration', input, person.accessToken)
    expect([fmt, outcomeOf(result)]).toEqual([fmt, 'INVALID_PASSKEY_RESPONSE'])
  }
  expect(requests).toBe(0)
})

it('a failed sign-in is recorded for the owner of the passkey', async () => {
  const person = await registerPerson(app)
  const { authenticator } = await addPasskey(app, person)
  await signInWithPasskey(app, authenticator, { lie: { tamper: true } })
  expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
    ...{ type: 'LOGIN', success: false, actorId: null, sessionId: null },
  })
})
