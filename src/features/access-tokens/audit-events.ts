/** The audit events of this feature. */
export const auditEvents = {
  SIGNING_KEY_ROTATED: 'A new key signs access tokens.',
  SIGNING_KEY_RETIRED: 'A signing key was retired: its tokens are refused from now on.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
