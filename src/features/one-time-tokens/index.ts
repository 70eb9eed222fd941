export { hashToken, newToken } from './mailed-token.js'
export type { OneTimeTokenRow } from './one-time-token.store.js'
export {
  createOneTimeTokens,
  repeatWindowMs,
  tokenLifetimeMs,
  type OneTimeTokens,
  type TokenRefusal,
} from './one-time-tokens.js'
export { feature } from './feature.js'
