/** The audit events of this feature. */
export const auditEvents = {
  PASSWORD_CHANGED: 'The user changed the password. Unsuccessful: the current password was wrong.',
  PASSWORD_RESET: 'The user set a new password with a mailed link.',
  PASSWORD_RESET_REQUESTED: 'The service sent an e-mail with a link to reset the password.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
