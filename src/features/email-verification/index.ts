export { createEmailVerification } from './email-verification.js'
export { EmailVerificationResolver } from './email-verification.resolver.js'
export { feature } from './feature.js'
export { verificationEmail } from './verify-email.email.js'
