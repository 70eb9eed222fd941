export { userColumns, type UserRow } from './account.store.js'
export { AccountResolver } from './account.resolver.js'
export { createAccounts, type Accounts } from './accounts.js'
export type { CreateAccountOutcome } from './create-account.js'
export { createOneTimeTokens } from './one-time-tokens.js'
export { createPrepareLetter } from './prepare-letter.js'
export { EmailResolver } from './email/email.resolver.js'
export { PasswordResolver } from './passwords/password.resolver.js'
export type { VerifiedPassword } from './passwords/check-password.js'
export { canonicalEmail } from './email/email-address.js'
export { createPasswordHasher } from './passwords/password-hasher.js'
export { createBreachCheck } from './passwords/breach-check.js'
export {
  createPasswordPolicy,
  passwordMaxLength,
  type PasswordPolicy,
} from './passwords/password-policy.js'
export type { FieldProblem } from './fields.js'
export type { ReauthenticationRequired } from './lock-for-step-up.js'
export { StepUpInput } from './presence-proof.types.js'
export { parseRegistration } from './registration.js'
export { pagesRoutes } from './pages/pages.route.js'
export { UserResolver } from './user.resolver.js'
export { User } from './user.types.js'
