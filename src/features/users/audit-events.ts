/** The audit events of this feature. */
export const auditEvents = {
  USER_DISABLED: 'An operator disabled the account.',
  USER_ENABLED: 'An operator enabled the account.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
