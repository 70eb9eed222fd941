export { createAccessTokens, type AccessTokens } from './access-tokens.js'
export { createSigningKeys } from './signing-keys.js'
export { wellKnownRoutes } from './well-known.route.js'
