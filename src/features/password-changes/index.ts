export { feature } from './feature.js'
export { createPasswordChanges } from './password-changes.js'
export { PasswordResolver } from './password.resolver.js'
export { passwordResetEmail } from './reset-password.email.js'
