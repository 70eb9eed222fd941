import type * as Verifier from './verifier.js'

// @simplewebauthn/server takes some 100 ms and 25 MB to load. So the first response loads it.
let verifierModule: Promise<typeof Verifier> | undefined
export const loadVerifier = () => (verifierModule ??= import('./verifier.js'))
