import type { Caller, Verification } from './verifier.js'

const reasons = {
  missing: 'TOKEN_MISSING',
  expired: 'TOKEN_EXPIRED',
  invalid: 'TOKEN_INVALID',
} as const

/** What every GraphQL server reports as it is: the code and the reason on which clients refresh. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated'
  readonly extensions: { readonly code: 'UNAUTHENTICATED'; readonly reason: string }

  constructor(kind: keyof typeof reasons) {
    super('A valid access token is needed.')
    this.extensions = { code: 'UNAUTHENTICATED', reason: reasons[kind] }
  }
}

/** The caller, for a field that needs one. Throws Unauthenticated, like a field of Latchkey itself. */
export function requireCaller(verification: Verification): Caller {
  if (verification.kind !== 'valid') throw new Unauthenticated(verification.kind)
  return verification.caller
}
