/** What this feature records. */
export const auditEvents = {
  MESSAGES_REQUEUED: 'An operator had dead letters sent again.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
