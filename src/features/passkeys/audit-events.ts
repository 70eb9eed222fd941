/** The audit events of this feature. */
export const auditEvents = {
  PASSKEY_ADDED: 'The user added a passkey.',
  PASSKEY_REMOVED: 'The user removed a passkey.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
