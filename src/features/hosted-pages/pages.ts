import type { Page } from './define-page.js'
import { confirmEmailChangePage } from './pages/confirm-email-change.page.js'
import { forgotPasswordPage } from './pages/forgot-password.page.js'
import { rejectEmailChangePage } from './pages/reject-email-change.page.js'
import { resetPasswordPage } from './pages/reset-password.page.js'
import { verifyEmailPage } from './pages/verify-email.page.js'

export const pages: readonly Page[] = [
  verifyEmailPage,
  resetPasswordPage,
  confirmEmailChangePage,
  rejectEmailChangePage,
  forgotPasswordPage,
]
