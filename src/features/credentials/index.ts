export type { CreateAccountOutcome } from './create-account.js'
export { createCredentials, type Credentials, type Proofs } from './credentials.js'
export type { FindDuplicate } from './find-duplicate.js'
export { lockForStepUp, type ReauthenticationRequired } from './lock-for-step-up.js'
export type { CheckPassword } from './passwords/check-password.js'
export type { CheckStoredPassword } from './passwords/check-stored-password.js'
export {
  readCredentialVersion,
  readPasswordChangedAt,
  replacePassword,
} from './passwords/credential.store.js'
export { presenceProof, StepUpInput } from './presence-proof.types.js'
export { parseRegistration } from './registration.js'
export { feature } from './feature.js'
export { Proof } from './proof.js'
export type { RequestedSession } from './challenges/mfa-challenges.js'
export { MfaMethod } from './challenges/mfa.types.js'
export type { CheckSecondFactor, SecondFactorAnswer, SecondFactorChecks } from './second-factor.js'
export {
  presenceMethodsOf,
  readSignInMethods,
  secondFactorsOf,
  type MfaPolicy,
  type SecondFactorMethod,
} from './sign-in-methods.js'
