/** The audit events of this feature. */
export const auditEvents = {
  GUESSES_REFUSED:
    'Guesses at the password or at codes were refused. There is one event per account and hour.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
