import { decodeClientDataJSON } from '@simplewebauthn/server/helpers'

/**
 * Whether a page of another origin embedded the page with the ceremony (clickjacking, WebAuthn §13.4.9). The library
 * accepts that for registrations, and for assertions without `topOrigin`.
 */
export function isFramed(clientDataJSON: string) {
  const { crossOrigin, topOrigin }: { crossOrigin?: unknown; topOrigin?: unknown } =
    decodeClientDataJSON(clientDataJSON)
  return (crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined
}
