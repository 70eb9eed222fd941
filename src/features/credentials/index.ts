export type { CreateAccountOutcome } from './create-account.js'
export { createCredentials, type Credentials } from './credentials.js'
export type { FindRepeat } from './find-repeat.js'
export { lockForStepUp, type ReauthenticationRequired } from './lock-for-step-up.js'
export { createBreachCheck } from './passwords/breach-check.js'
export type { CheckPassword, VerifiedPassword } from './passwords/check-password.js'
export type { CheckStoredPassword } from './passwords/check-stored-password.js'
export { readCredentialVersion, replacePassword } from './passwords/credential.store.js'
export { createHashPopulation } from './passwords/hash-population.js'
export { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher.js'
export {
  createPasswordPolicy,
  passwordMaxLength,
  type PasswordPolicy,
} from './passwords/password-policy.js'
export { PasswordResolver } from './passwords/password.resolver.js'
export { presenceProof, StepUpInput } from './presence-proof.types.js'
export { parseRegistration } from './registration.js'
export { feature } from './feature.js'
export { resetPassword } from './passwords/reset-password.email.js'
