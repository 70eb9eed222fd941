import { verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers'
import type { RelyingParty } from '../relying-party.js'
import { isFramed } from './is-framed.js'
import { supportedAlgorithms } from './options.js'
import type { RegistrationParts } from './response-shapes.js'

interface ExpectedRegistration {
  readonly relyingParty: RelyingParty
  readonly challenge: string
  /** The browser created the passkey without asking the user (conditional create). */
  readonly isConditional: boolean
}

interface NewPasskey {
  readonly credentialId: Uint8Array<ArrayBuffer>
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly counter: number
  readonly transports: string[]
  readonly backupEligible: boolean
  readonly backedUp: boolean
  readonly isUserVerified: boolean
}

// In bytes. RSA of 4,096 bits has 530.
const maxPublicKeyLength = 1_024

/**
 * Verifies the response to a registration (WebAuthn §7.1) with the checks that the library leaves to its caller. Null:
 * refused. Hostile responses make the library and its parsers throw errors of many types.
 */
export async function verifyRegistration(
  parts: RegistrationParts,
  expected: ExpectedRegistration,
): Promise<NewPasskey | null> {
  try {
    return await verifyOrThrow(parts, expected)
  } catch {
    return null
  }
}

async function verifyOrThrow(
  parts: RegistrationParts,
  { relyingParty, challenge, isConditional }: ExpectedRegistration,
): Promise<NewPasskey | null> {
  const { id, response } = parts
  if (isFramed(response.clientDataJSON) || !isUncertified(response.attestationObject)) return null
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: { ...parts, rawId: id, response, clientExtensionResults: {} } as never,
    expectedChallenge: challenge,
    expectedOrigin: [...relyingParty.origins],
    expectedRPID: relyingParty.id,
    // Conditional create may set neither flag (§7.1). Every sign-in requires both, so such a passkey proves no less.
    requireUserPresence: !isConditional,
    requireUserVerification: !isConditional,
    supportedAlgorithmIDs: [...supportedAlgorithms],
  })
  if (!verified) return null
  const { credential, credentialDeviceType, credentialBackedUp, userVerified } = registrationInfo
  // The library compares the id of the response with nothing.
  if (credential.id !== id || credential.publicKey.length > maxPublicKeyLength) return null
  return {
    credentialId: isoBase64URL.toBuffer(id),
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: knownTransportsIn(response.transports),
    backupEligible: credentialDeviceType === 'multiDevice',
    backedUp: credentialBackedUp,
    isUserVerified: userVerified,
  }
}

/**
 * Whether the attestation has no certificates. We ask for none. Certificates contain URLs, which verifiers may fetch
 * (SSRF), so no certificate is parsed.
 */
function isUncertified(attestationObject: string) {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
  const format = attestation.get('fmt')
  return (
    format === 'none' ||
    (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
  )
}

const knownTransports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']

/** Hints for the browser, chosen by the client. */
const knownTransportsIn = (transports: unknown) =>
  Array.isArray(transports) ? knownTransports.filter((known) => transports.includes(known)) : []
