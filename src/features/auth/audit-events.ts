/** The audit events of this feature. */
export const auditEvents = {
  USER_REGISTERED: 'A person registered.',
  LOGIN:
    'A sign-in, or a reauthentication in a session. Unsuccessful: for example, the password was wrong.',
  LOGOUT: 'The user signed out.',
  DATA_EXPORTED: 'The user exported the data of the account.',
} as const

declare module '../audit/audit.js' {
  interface AuditEvents extends Readonly<Record<keyof typeof auditEvents, string>> {}
}
