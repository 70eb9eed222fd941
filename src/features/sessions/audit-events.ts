/** What this feature records. */
export const auditEvents = {
  SESSION_REVOKED: 'A session was ended by its user, or by the limit of sessions.',
  REFRESH_TOKEN_REUSED: 'A replaced refresh token was presented: its session was ended.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
