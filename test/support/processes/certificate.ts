import { sign, type KeyObject } from 'node:crypto'

/** A self-signed certificate (RFC 5280 §4.1, in DER) over an RSA key. */
export function createSelfSignedCertificate({
  publicKey,
  privateKey,
}: Record<'publicKey' | 'privateKey', KeyObject>) {
  const algorithm = sequence(Buffer.from('06092a864886f70d01010b0500', 'hex')) // sha256WithRSA
  const version = der(0xa0, Buffer.from('020102', 'hex'))
  const serial = Buffer.from('020101', 'hex')
  const name = sequence()
  const validity = sequence(...['250101000000Z', '490101000000Z'].map(utcTime))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const body = sequence(version, serial, algorithm, name, validity, name, key)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  return sequence(body, algorithm, signature)
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const utcTime = (text: string) => der(0x17, Buffer.from(text))

function der(tag: number, ...parts: Buffer[]) {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
