export { feature } from './feature.js'
export { createTotp, type Totp } from './totp.js'
export { TotpResolver } from './totp.resolver.js'
export { UserFactorsResolver } from './user-factors.resolver.js'
