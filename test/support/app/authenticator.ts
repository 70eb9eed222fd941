import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

export type CborValue = number | string | Uint8Array | CborValue[] | Map<number | string, CborValue>

/** Encodes the part of CBOR that authenticators need (RFC 8949): integers, strings, arrays and maps. */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') {
    return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value)
  }
  if (typeof value === 'string') {
    return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)])
  }
  if (value instanceof Uint8Array) return Buffer.concat([cborHead(2, value.length), value])
  if (Array.isArray(value)) {
    return Buffer.concat([cborHead(4, value.length), ...value.map(encodeCbor)])
  }
  const entries = [...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)])
  return Buffer.concat([cborHead(5, value.size), ...entries])
}

function cborHead(majorType: number, n: number) {
  const type = majorType << 5
  if (n < 24) return Buffer.from([type | n])
  if (n < 256) return Buffer.from([type | 24, n])
  return Buffer.from([type | 25, n >> 8, n & 255])
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const encode = (data: Uint8Array) => Buffer.from(data).toString('base64url')
const decode = (text = '') => Buffer.from(text, 'base64url')

function uint32(n: number) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(n)
  return bytes
}

/** COSE numbers of the algorithms. */
export const algorithms = { ES256: -7, EdDSA: -8, RS256: -257 } as const
type Algorithm = keyof typeof algorithms

const newKeyPair = (algorithm: Algorithm) => {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2_048 })
}

/** The public key in COSE form (RFC 9053 §7, RFC 8230 §4). */
function toCose(publicKey: KeyObject, algorithm: Algorithm) {
  const { x, y, n, e } = publicKey.export({ format: 'jwk' })
  const alg: [number, CborValue] = [3, algorithms[algorithm]]
  if (algorithm === 'ES256') {
    return new Map<number, CborValue>([[1, 2], alg, [-1, 1], [-2, decode(x)], [-3, decode(y)]])
  }
  if (algorithm === 'EdDSA') {
    return new Map<number, CborValue>([[1, 1], alg, [-1, 6], [-2, decode(x)]])
  }
  return new Map<number, CborValue>([[1, 3], alg, [-1, decode(n)], [-2, decode(e)]])
}

interface Credential {
  readonly id: Buffer
  readonly rpId: string
  readonly userHandle: string
  readonly privateKey: KeyObject
  readonly algorithm: Algorithm
  counter: number
}

interface Flags {
  /** User present. */
  readonly up?: boolean
  /** User verified. */
  readonly uv?: boolean
  /** Backup eligible. */
  readonly be?: boolean
  /** Backed up. */
  readonly bs?: boolean
}

/** What the authenticator signed, for statements. */
interface Signed {
  readonly authData: Buffer
  readonly clientDataHash: Buffer
  readonly privateKey: KeyObject
}

/** How a response differs from an honest one. */
export interface Lie extends Flags {
  readonly clientData?: object
  /** The RP ID whose hash is signed. */
  readonly rpId?: string
  readonly counter?: number
  /** Another id in the response than in the signed data. */
  readonly id?: string
  readonly userHandle?: string
  /** Changes the last byte of the signature. */
  readonly tamper?: boolean
  readonly key?: KeyObject
  readonly cose?: Map<number, CborValue>
  readonly credentialId?: Buffer
  readonly authData?: Buffer
  readonly statement?: (signed: Signed) => { fmt: string; attStmt: CborValue }
  /** Replaces members of `response`. */
  readonly response?: object
}

export interface AuthenticatorOptions {
  readonly origin?: string
  readonly algorithm?: Algorithm
  /** By how much the counter grows with each use. 0: the authenticator has no counter. */
  readonly step?: number
  /** Whether its passkeys sync. */
  readonly syncs?: boolean
}

interface CreationOptions {
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
  readonly challenge: string
  readonly excludeCredentials: readonly { readonly id: string }[]
}

interface RequestOptions {
  readonly rpId: string
  readonly challenge: string
  readonly allowCredentials?: readonly { readonly id: string }[]
}

export type Authenticator = ReturnType<typeof createAuthenticator>

/** The origin of the tests' front end: the PUBLIC_URL of startApp. */
export const appOrigin = 'http://localhost:4000'

/** A browser with an authenticator, in software. A lie changes any part of a response. */
export function createAuthenticator(options: AuthenticatorOptions = {}) {
  const { origin = appOrigin, algorithm = 'ES256', step = 1, syncs = false } = options
  const credentials: Credential[] = []

  const flagsOf = ({ up = true, uv = true, be = syncs, bs = syncs }: Flags, hasKey = false) =>
    Number(up) | (Number(uv) << 2) | (Number(be) << 3) | (Number(bs) << 4) | (Number(hasKey) << 6)

  const clientDataFor = (type: string, challenge: string, { clientData }: Lie) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...clientData }))

  return {
    credentials,

    /** Answers creation options as `navigator.credentials.create` does. */
    create(creation: object, lie: Lie = {}) {
      const { rp, user, challenge, excludeCredentials } = creation as CreationOptions
      if (excludeCredentials.some(({ id }) => credentials.some((one) => encode(one.id) === id))) {
        throw new DOMException('already registered', 'InvalidStateError')
      }
      const { publicKey, privateKey } = newKeyPair(algorithm)
      const id = lie.credentialId ?? randomBytes(32)
      const rpId = lie.rpId ?? rp.id
      const counter = lie.counter ?? 0
      credentials.push({ id, rpId, userHandle: user.id, privateKey, algorithm, counter })
      const authData =
        lie.authData ??
        Buffer.concat([
          ...[sha256(rpId), Buffer.from([flagsOf(lie, true)]), uint32(counter)],
          ...[Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id],
          encodeCbor(lie.cose ?? toCose(publicKey, algorithm)),
        ])
      const clientData = clientDataFor('webauthn.create', challenge, lie)
      const signed = { authData, clientDataHash: sha256(clientData), privateKey }
      const statement = lie.statement?.(signed) ?? { fmt: 'none', attStmt: new Map() }
      const attestationObject = encodeCbor(
        new Map<string, CborValue>([
          ['fmt', statement.fmt],
          ['attStmt', statement.attStmt],
          ['authData', authData],
        ]),
      )
      return {
        id: lie.id ?? encode(id),
        rawId: lie.id ?? encode(id),
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: encode(clientData),
          attestationObject: encode(attestationObject),
          transports: ['internal'],
          ...lie.response,
        },
      }
    },

    /** Answers request options as `navigator.credentials.get` does, with the newest fitting passkey. */
    get(request: object, lie: Lie = {}) {
      const { rpId, challenge, allowCredentials } = request as RequestOptions
      const allowed = allowCredentials?.map(({ id }) => id)
      const credential = credentials.findLast(
        (one) => one.rpId === rpId && (!allowed?.length || allowed.includes(encode(one.id))),
      )
      if (!credential) throw new DOMException('no passkey', 'NotAllowedError')
      credential.counter = lie.counter ?? credential.counter + step
      const authData =
        lie.authData ??
        Buffer.concat([
          sha256(lie.rpId ?? rpId),
          Buffer.from([flagsOf(lie)]),
          uint32(credential.counter),
        ])
      const clientData = clientDataFor('webauthn.get', challenge, lie)
      const signature = sign(
        credential.algorithm === 'EdDSA' ? null : 'sha256',
        Buffer.concat([authData, sha256(clientData)]),
        lie.key ?? credential.privateKey,
      )
      if (lie.tamper)
        signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1)
      return {
        id: lie.id ?? encode(credential.id),
        rawId: lie.id ?? encode(credential.id),
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: encode(clientData),
          authenticatorData: encode(authData),
          signature: encode(signature),
          userHandle: lie.userHandle ?? credential.userHandle,
          ...lie.response,
        },
      }
    },
  }
}
