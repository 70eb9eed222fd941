export { requireCaller, Unauthenticated } from './require-caller.js'
export {
  createVerifier,
  KeysUnavailable,
  type Caller,
  type Verification,
  type Verifier,
  type VerifierOptions,
} from './verifier.js'
