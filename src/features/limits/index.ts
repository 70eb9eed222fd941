export { createCounter } from './create-counter.js'
export { createLimitFields, type Identify } from './limit-fields.js'
export { createLockout, type Guess, type Lockout } from './lockout.js'
export { credentialMutations } from './policies.js'
