import { feature as mail } from '../features/mail/index.js'
import { feature as accessTokens } from '../features/access-tokens/index.js'
import { feature as oneTimeTokens } from '../features/one-time-tokens/index.js'
import { feature as sessions } from '../features/sessions/index.js'
import { feature as users } from '../features/users/index.js'
import { feature as guesses } from '../features/guesses/index.js'
import { feature as credentials } from '../features/credentials/index.js'
import { feature as email } from '../features/email/index.js'
import { feature as profile } from '../features/profile/index.js'
import { feature as auth } from '../features/auth/index.js'
import type { Feature } from '../platform/feature.js'

/** From the bottom of the ladder to its top. */
export const features: readonly Feature[] = [
  mail,
  accessTokens,
  oneTimeTokens,
  sessions,
  users,
  guesses,
  credentials,
  email,
  profile,
  auth,
]
