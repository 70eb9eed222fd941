export { feature } from './feature.js'
export { createRecoveryCodes, type RecoveryCodes } from './recovery-codes.js'
export { RecoveryCodesResolver } from './recovery-codes.resolver.js'
