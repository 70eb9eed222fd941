/** The audit events of this feature. */
export const auditEvents = {
  SESSION_REVOKED: 'The user ended a session, or the session limit evicted it.',
  REFRESH_TOKEN_REUSED: 'A client presented a replaced refresh token: its session was ended.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
