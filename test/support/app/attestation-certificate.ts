import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** One DER element (X.690). */
function der(tag: number, ...contents: Buffer[]) {
  const content = Buffer.concat(contents)
  const { length } = content
  const header = length < 128 ? [length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...header]), content])
}

const sequence = (...contents: Buffer[]) => der(0x30, ...contents)
const octets = (content: Buffer) => der(0x04, content)
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes))
const text = (value: string) => der(0x0c, Buffer.from(value))
const time = (value: string) => der(0x17, Buffer.from(value))
const bits = (content: Buffer) => der(0x03, Buffer.from([0]), content)

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
const attribute = (id: number, value: string) =>
  der(0x31, sequence(oid(0x55, 0x04, id), text(value)))

// The subject that WebAuthn §8.2.1 requires: country, organization, unit, common name.
const name = sequence(
  attribute(0x06, 'US'),
  attribute(0x0a, 'Evil'),
  attribute(0x0b, 'Authenticator Attestation'),
  attribute(0x03, 'Evil'),
)

/** The extension that tells verifiers from where to load revoked certificates (RFC 5280 §4.2.1.13). */
const crlAt = (url: string) => {
  const location = der(0xa0, der(0xa0, der(0x86, Buffer.from(url))))
  return sequence(oid(0x55, 0x1d, 0x1f), octets(sequence(sequence(location))))
}

const notAuthority = sequence(oid(0x55, 0x1d, 0x13), octets(sequence()))

/** A self-signed certificate for attestations, valid in every respect, that contains the URL. */
export function createAttestationCertificate(url: string): { x5c: Buffer[]; key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(notAuthority, crlAt(url))),
  )
  const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, privateKey)))
  return { x5c: [certificate], key: privateKey }
}
