import type { Users } from '../users/index.js'
import type { Profile } from '../profile/index.js'
import type { Totp } from '../totp/index.js'
import type { Credentials, MfaPolicy, SecondFactorChecks } from '../credentials/index.js'
import type { PasswordPolicy } from '../passwords/index.js'
import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import type { Passkeys } from '../passkeys/index.js'
import type { RefreshSession, Sessions } from '../sessions/index.js'
import type { AccessTokens } from '../access-tokens/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { createCompleteSignIn } from './complete-sign-in.js'
import { createFinishPasskeyLogin } from './finish-passkey-login.js'
import { createExportAccountData } from './export-account-data.js'
import { createIssueAccessToken, createIssueTokens } from './issue-tokens.js'
import { createLogin } from './login.js'
import { createLogout } from './logout.js'
import { createVerifyMfa } from './verify-mfa.js'
import { createReauthenticate } from './reauthenticate.js'
import { createRefresh } from './refresh.js'
import { createRegister } from './register.js'

export interface AuthServiceDeps {
  readonly database: Database
  readonly clock: Clock
  readonly users: Users
  readonly credentials: Credentials
  readonly profile: Profile
  readonly totp: Totp
  readonly passwordPolicy: PasswordPolicy
  readonly sessions: Sessions
  readonly refreshSession: RefreshSession
  readonly accessTokens: AccessTokens
  readonly outbox: Outbox
  readonly passkeys: Passkeys
  readonly secondFactors: SecondFactorChecks
  readonly audit: Audit
}

export interface AuthOptions {
  readonly registrationOpen: boolean
  readonly emailVerificationRequired: boolean
  readonly passwordMinLength: number
  readonly mfaPolicy: MfaPolicy
  /** Null: passkeys are disabled. */
  readonly passkeyRpId: string | null
}

/** The operations that the resolvers call. Each operation is in its own file. */
export class AuthService {
  readonly register: ReturnType<typeof createRegister>
  readonly login: ReturnType<typeof createLogin>
  readonly finishPasskeyLogin: ReturnType<typeof createFinishPasskeyLogin>
  readonly verifyMfa: ReturnType<typeof createVerifyMfa>
  readonly refresh: ReturnType<typeof createRefresh>
  readonly logout: ReturnType<typeof createLogout>
  readonly reauthenticate: ReturnType<typeof createReauthenticate>
  readonly exportAccountData: ReturnType<typeof createExportAccountData>
  readonly options: AuthOptions

  constructor(options: AuthOptions, deps: AuthServiceDeps) {
    const issueAccessToken = createIssueAccessToken(deps.accessTokens, options.mfaPolicy)
    const issueTokens = createIssueTokens(issueAccessToken)
    const completeSignIn = createCompleteSignIn({ ...options, ...deps, issueTokens })
    this.options = options
    this.register = createRegister({ ...options, ...deps, issueTokens })
    this.login = createLogin({ ...deps, completeSignIn })
    this.finishPasskeyLogin = createFinishPasskeyLogin({ ...deps, completeSignIn })
    this.verifyMfa = createVerifyMfa({ ...deps, completeSignIn })
    this.refresh = createRefresh({ ...deps, issueTokens })
    this.logout = createLogout(deps)
    this.exportAccountData = createExportAccountData(deps)
    this.reauthenticate = createReauthenticate({ ...options, ...deps, issueAccessToken })
  }
}
