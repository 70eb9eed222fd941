/** The audit events of this feature. */
export const auditEvents = {
  TOTP_ENABLED: 'The user enrolled an authenticator app.',
  TOTP_DISABLED: 'The user removed the authenticator app.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
