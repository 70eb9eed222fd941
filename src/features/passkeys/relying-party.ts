import { idToBytes } from '../../platform/crypto/ids.js'

/** This service as the WebAuthn Relying Party. */
export interface RelyingParty {
  /** The RP ID: a host name. Passkeys belong to it for ever. */
  readonly id: string
  /** The name that authenticators may show. */
  readonly name: string
  /** The origins of responses that the service accepts, compared as exact strings. */
  readonly origins: readonly string[]
}

/** Identifies the user on authenticators (WebAuthn §14.6.1: no personal data). The same 16 bytes for every passkey. */
export const userHandleOf = (userId: string) => idToBytes(userId).toString('base64url')
