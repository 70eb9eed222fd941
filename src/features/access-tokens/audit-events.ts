/** What this feature records. */
export const auditEvents = {
  SIGNING_KEY_ROTATED: 'Another key signs access tokens.',
  SIGNING_KEY_RETIRED: 'Tokens of a key are refused from now on.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
