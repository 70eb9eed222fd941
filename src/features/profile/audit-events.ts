/** The audit events of this feature. */
export const auditEvents = {
  USER_DELETED: 'The user deleted the account.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
