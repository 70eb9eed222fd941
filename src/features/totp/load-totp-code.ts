import type * as TotpCode from './totp-code.js'

// otpauth takes 15 ms to load. Services without second factors never need it.
let totpCodeModule: Promise<typeof TotpCode> | undefined

export const loadTotpCode = () => (totpCodeModule ??= import('./totp-code.js'))
