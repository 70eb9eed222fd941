export { canonicalEmail } from './email-address.js'
export * as userFields from './fields.js'
export { parseFields, type FieldProblem, type Parsed } from './fields.js'
export { listAddresses, replaceAddresses } from './known-address.store.js'
export { lockForViewer } from './lock-for-viewer.js'
export { MailRequested, type MailRequestOutcome } from './mail-requested.types.js'
export { isReserving, isUndoable } from './reserved-email.store.js'
export { usernameKey } from './username.js'
export { User } from './user.types.js'
export {
  deleteUser,
  findAddressee,
  findHolder,
  findIdsByEmail,
  findUser,
  insertUser,
  isTaken,
  lockAddressee,
  lockForSignIn,
  lockUser,
  recordSignIn,
  setEmail,
  setEmailVerified,
  userColumns,
  type UserRow,
} from './user.store.js'
export { createUsers, networksKeptFor, type Users } from './users.js'
export { feature } from './feature.js'
