import type { Page } from './define-page.js'
import { confirmEmailChange } from './pages/confirm-email-change.page.js'
import { forgotPassword } from './pages/forgot-password.page.js'
import { rejectEmailChange } from './pages/reject-email-change.page.js'
import { resetPassword } from './pages/reset-password.page.js'
import { verifyEmail } from './pages/verify-email.page.js'

export const pages: readonly Page[] = [
  verifyEmail,
  resetPassword,
  confirmEmailChange,
  rejectEmailChange,
  forgotPassword,
]
