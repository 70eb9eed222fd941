import { createChangePassword, type ChangePasswordDeps } from './change-password.js'
import { createRequestPasswordReset } from './request-password-reset.js'
import { createResetPassword, type ResetPasswordDeps } from './reset-password.js'

export type PasswordChangesDeps = ChangePasswordDeps & ResetPasswordDeps

export type PasswordChanges = ReturnType<typeof createPasswordChanges>

/** How users replace their password: with the current one, or with a mailed link. */
export const createPasswordChanges = (deps: PasswordChangesDeps) => ({
  change: createChangePassword(deps),
  requestReset: createRequestPasswordReset(deps),
  reset: createResetPassword(deps),
})
