export { hashOfToken, newToken } from './mailed-token.js'
export type { OneTimeTokenRow } from './one-time-token.store.js'
export {
  createOneTimeTokens,
  repeatWindow,
  tokenLifetime,
  type OneTimeTokens,
  type TokenRefusal,
  type TokenRequest,
} from './one-time-tokens.js'
export { feature } from './feature.js'
