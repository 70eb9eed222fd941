export { ownUserOnly } from './own-user-only.js'
export { canonicalEmail } from './email-address.js'
export * as userFields from './fields.js'
export { parseFields, type FieldProblem, type ParsedFields } from './fields.js'
export { listKnownNetworks, replaceKnownNetworks } from './known-network.store.js'
export { lockForViewer } from './lock-for-viewer.js'
export { MailRequested, type MailRequestOutcome } from './mail-requested.types.js'
export { reservingCondition, undoableCondition } from './reserved-email.store.js'
export { usernameKey } from './username.js'
export { User } from './user.types.js'
export {
  deleteUser,
  findRecipient,
  findEmailHolder,
  findIdsByEmail,
  findUser,
  insertUser,
  isUniqueViolation,
  lockRecipient,
  lockForSignIn,
  lockUser,
  recordSignIn,
  setEmail,
  setEmailVerified,
  userColumns,
  type UserRow,
} from './user.store.js'
export { createUsers, networkRetentionMs, type Users } from './users.js'
export { feature } from './feature.js'
