/** What this feature records. */
export const auditEvents = {
  EMAIL_CHANGE_REQUESTED: 'The new address has to confirm it.',
  EMAIL_CHANGED: 'The new address confirmed it; unsuccessful when the password was wrong.',
  EMAIL_CHANGE_REJECTED: 'The old address rejected it before it was confirmed.',
  EMAIL_CHANGE_UNDONE:
    'The old address has the account back; unsuccessful when the password was wrong.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
