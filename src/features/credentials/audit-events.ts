/** The audit events of this feature. */
export const auditEvents = {
  USER_CREATED: 'An operator created the account.',
  USER_UNLOCKED:
    'An operator unlocked the account: guesses from unknown networks are evaluated again.',
  EMAIL_VERIFIED: 'The user verified the address with a mailed link.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
