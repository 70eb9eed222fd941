/** The audit events of this feature. */
export const auditEvents = {
  EMAIL_CHANGE_REQUESTED: 'The user requested a new address. The new address must confirm it.',
  EMAIL_CHANGED: 'The new address confirmed the change. Unsuccessful: the password was wrong.',
  EMAIL_CHANGE_REJECTED: 'The old address rejected the change before the confirmation.',
  EMAIL_CHANGE_UNDONE: 'The old address undid the change. Unsuccessful: the password was wrong.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
