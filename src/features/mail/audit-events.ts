/** The audit events of this feature. */
export const auditEvents = {
  MESSAGES_REQUEUED: 'An operator requeued dead letters.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
