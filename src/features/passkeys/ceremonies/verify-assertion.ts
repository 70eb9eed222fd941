import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { userHandleOf, type RelyingParty } from '../relying-party.js'
import { isFramed } from './is-framed.js'
import type { AssertionParts } from './response-shapes.js'

interface ExpectedAssertion {
  readonly relyingParty: RelyingParty
  readonly challenge: string
  readonly passkey: {
    readonly userId: string
    readonly publicKey: Uint8Array
    readonly backupEligible: boolean
  }
  /** Whether the service knew the user before the ceremony. */
  readonly isUserKnown: boolean
}

interface Assertion {
  readonly counter: number
  readonly backedUp: boolean
}

/**
 * Verifies the response to a sign-in (WebAuthn §7.2) with the checks that the library leaves to its caller. Null:
 * refused. The counter is not judged here: a forged response must not look like a cloned authenticator.
 */
export async function verifyAssertion(
  parts: AssertionParts,
  expected: ExpectedAssertion,
): Promise<Assertion | null> {
  try {
    return await verifyOrThrow(parts, expected)
  } catch {
    return null
  }
}

async function verifyOrThrow(
  { id, type, response }: AssertionParts,
  { relyingParty, challenge, passkey, isUserKnown }: ExpectedAssertion,
): Promise<Assertion | null> {
  const { userHandle, ...signed } = response
  if (isFramed(response.clientDataJSON)) return null
  // §7.2: the user handle must match the owner of the passkey. It is required if the service did not know the user.
  if (userHandle ? userHandle !== userHandleOf(passkey.userId) : !isUserKnown) return null
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { id, rawId: id, type, response: signed, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: [...relyingParty.origins],
    expectedRPID: relyingParty.id,
    requireUserVerification: true,
    // 0: the library would compare the counter before the signature.
    credential: { id, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
  })
  if (!verified) return null
  const { newCounter, credentialDeviceType, credentialBackedUp } = authenticationInfo
  // §7.2: a passkey cannot become able to sync, or unable.
  if ((credentialDeviceType === 'multiDevice') !== passkey.backupEligible) return null
  return { counter: newCounter, backedUp: credentialBackedUp }
}
