/** What this feature records. */
export const auditEvents = {
  GUESSES_REFUSED: 'Guesses at the password were refused: one event per account and hour.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
