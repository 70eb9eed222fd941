/** The audit events of this feature. */
export const auditEvents = {
  USER_CREATED: 'An operator created the account.',
  USER_UNLOCKED:
    'An operator unlocked the account: guesses from unknown networks are evaluated again.',
  PASSWORD_CHANGED: 'The user changed the password. Unsuccessful: the current password was wrong.',
  PASSWORD_RESET: 'The user set a new password with a mailed link.',
  PASSWORD_RESET_REQUESTED: 'The service sent an e-mail with a link to reset the password.',
  EMAIL_VERIFIED: 'The user verified the address with a mailed link.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
