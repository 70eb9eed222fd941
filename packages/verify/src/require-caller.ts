import type { Caller, Verification } from './verifier.js'

const reasons = {
  missing: 'TOKEN_MISSING',
  expired: 'TOKEN_EXPIRED',
  invalid: 'TOKEN_INVALID',
} as const

/** The error that GraphQL servers pass through: its code and reason make clients refresh. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated'
  readonly extensions: { readonly code: 'UNAUTHENTICATED'; readonly reason: string }

  constructor(kind: keyof typeof reasons) {
    super('A valid access token is needed.')
    this.extensions = { code: 'UNAUTHENTICATED', reason: reasons[kind] }
  }
}

/** Returns the caller for a field that needs one. Throws Unauthenticated like the fields of Latchkey. */
export function requireCaller(verification: Verification): Caller {
  if (verification.kind !== 'valid') throw new Unauthenticated(verification.kind)
  return verification.caller
}
