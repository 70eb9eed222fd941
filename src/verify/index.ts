export { callerOf, requireBearer, verifyRequests } from './fastify.js'
export { requireCaller, Unauthenticated } from './require-caller.js'
export {
  createVerifier,
  KeysUnavailable,
  type Caller,
  type Verification,
  type Verifier,
  type VerifierOptions,
} from './verifier.js'
