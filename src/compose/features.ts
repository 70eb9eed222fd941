import 'reflect-metadata'
import type { Audit } from '../features/audit/index.js'
import type { EmailKind } from '../features/mail/index.js'
import type { OneTimeTokens } from '../features/one-time-tokens/index.js'
import type { EmailChanges } from '../features/email/index.js'
import { feature as mail } from '../features/mail/index.js'
import { feature as accessTokens } from '../features/access-tokens/index.js'
import { feature as oneTimeTokens } from '../features/one-time-tokens/index.js'
import { feature as sessions } from '../features/sessions/index.js'
import { feature as users } from '../features/users/index.js'
import { feature as guesses } from '../features/guesses/index.js'
import { feature as credentials } from '../features/credentials/index.js'
import { feature as passwordChanges } from '../features/password-changes/index.js'
import { feature as emailVerification } from '../features/email-verification/index.js'
import { feature as email } from '../features/email/index.js'
import { feature as profile } from '../features/profile/index.js'
import { feature as recoveryCodes } from '../features/recovery-codes/index.js'
import { feature as totp } from '../features/totp/index.js'
import { feature as passkeys } from '../features/passkeys/index.js'
import { feature as auth } from '../features/auth/index.js'
import type { Feature } from '../platform/feature.js'

/** Services that `prepare` functions of e-mail kinds need. */
export interface PrepareEmailDeps {
  readonly tokens: OneTimeTokens
  readonly emailChanges: EmailChanges
  readonly audit: Audit
}

/** From the lowest layer to the highest. */
const allFeatures = [
  mail,
  accessTokens,
  oneTimeTokens,
  sessions,
  users,
  guesses,
  credentials,
  passwordChanges,
  emailVerification,
  email,
  profile,
  recoveryCodes,
  totp,
  passkeys,
  auth,
] as const

export const features: readonly Feature[] = allFeatures

/** All kinds of e-mail. */
export const emailKinds: readonly EmailKind<PrepareEmailDeps>[] = allFeatures.flatMap<
  EmailKind<PrepareEmailDeps>
>((feature) => ('emails' in feature ? feature.emails : []))
