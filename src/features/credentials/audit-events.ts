/** What this feature records. */
export const auditEvents = {
  USER_CREATED: 'An operator created the account.',
  USER_UNLOCKED: 'An operator had guesses from unknown networks evaluated again.',
  PASSWORD_CHANGED: 'By its user; unsuccessful when the current password was wrong.',
  PASSWORD_RESET: 'By a link in a message.',
  PASSWORD_RESET_REQUESTED: 'A link to reset the password was mailed.',
  EMAIL_VERIFIED: 'By a link in a message.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
