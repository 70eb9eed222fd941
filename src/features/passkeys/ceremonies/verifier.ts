export { verifyAssertion } from './verify-assertion.js'
export { verifyRegistration } from './verify-registration.js'
