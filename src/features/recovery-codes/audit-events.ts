/** The audit events of this feature. */
export const auditEvents = {
  RECOVERY_CODE_USED: 'The user used a recovery code instead of a second factor.',
  RECOVERY_CODES_REGENERATED: 'The user replaced the recovery codes.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
