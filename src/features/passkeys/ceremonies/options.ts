import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { userHandleOf, type RelyingParty } from '../relying-party.js'

/** COSE algorithms, the preferred one first: EdDSA, ES256, RS256. Fixed: replicas may run different versions of Node. */
export const supportedAlgorithms = [-8, -7, -257] as const

// 5 minutes (WebAuthn §15.1).
const timeout = 300_000

/** A passkey that the browser should offer or leave out. */
export interface KnownPasskey {
  readonly credentialId: Uint8Array
  readonly transports: readonly string[]
}

interface CreationOptionsInput {
  readonly relyingParty: RelyingParty
  readonly challenge: string
  readonly user: { readonly id: string; readonly email: string; readonly name: string | null }
  /** The passkeys of the user: an authenticator that has one must not create another. */
  readonly passkeys: readonly KnownPasskey[]
  readonly isConditional: boolean
}

/** The argument of `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
export const creationOptions = ({
  relyingParty: { id, name },
  challenge,
  user,
  passkeys,
  isConditional,
}: CreationOptionsInput): PublicKeyCredentialCreationOptionsJSON => ({
  rp: { id, name },
  user: { id: userHandleOf(user.id), name: user.email, displayName: user.name ?? user.email },
  challenge,
  pubKeyCredParams: supportedAlgorithms.map((alg) => ({ type: 'public-key', alg })),
  timeout,
  excludeCredentials: passkeys.map(toDescriptor),
  authenticatorSelection: {
    residentKey: 'required',
    requireResidentKey: true,
    // `required` fails where the browser cannot ask the user, which conditional create does not.
    userVerification: isConditional ? 'preferred' : 'required',
  },
  attestation: 'none',
  extensions: { credProps: true },
})

interface RequestOptionsInput {
  readonly relyingParty: RelyingParty
  readonly challenge: string
  /** The passkeys of the user who was identified before. Omitted: the user chooses one of any account. */
  readonly passkeys?: readonly KnownPasskey[]
}

/** The argument of `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
export const requestOptions = ({
  relyingParty,
  challenge,
  passkeys,
}: RequestOptionsInput): PublicKeyCredentialRequestOptionsJSON => ({
  rpId: relyingParty.id,
  challenge,
  timeout,
  userVerification: 'required',
  ...(passkeys && { allowCredentials: passkeys.map(toDescriptor) }),
})

const toDescriptor = ({ credentialId, transports }: KnownPasskey) => ({
  id: Buffer.from(credentialId).toString('base64url'),
  type: 'public-key' as const,
  transports: transports as AuthenticatorTransport[],
})
