export { feature } from './feature.js'
export { PasskeyResolver, UserPasskeysResolver } from './passkey.resolver.js'
export { createPasskeys, type Passkeys } from './passkeys.js'
export { relatedOriginsRoute } from './related-origins.route.js'
