/** The error codes of this feature. */
export const errorCodes = {
  INVALID_PASSKEY_RESPONSE:
    'The response of the browser is not acceptable: for example, it belongs to another challenge, origin or user, or the passkey is registered already.',
  UNKNOWN_PASSKEY:
    'No account has this passkey. The browser may remove it (`PublicKeyCredential.signalUnknownCredential`).',
  LAST_SIGN_IN_METHOD:
    'The account has no other way to sign in. Set a password or add another passkey first.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
