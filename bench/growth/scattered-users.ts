import { createRefreshTokenCodec } from '../../src/features/sessions/refresh-token.js'
import { createKeyring } from '../../src/platform/crypto/keyring.js'
import { systemRandom } from '../../src/platform/crypto/random.js'
import { emailOf, seedOf, sessionIdOf } from '../../test/support/database/million-users.js'
import { authSecret, latchkeyApi } from '../servers/latchkey.js'

// Users far apart in the table. The stride has no common factor with the size, so every user gets a turn.
const stride = 7_919

const keyring = createKeyring([authSecret], 'refresh tokens')
const codec = createRefreshTokenCodec(keyring, systemRandom)

/**
 * The seeded users in an order that jumps all over the table. With the same few users, the server would always read
 * the same cached pages, however large the table is.
 */
export function createScatteredUsers(users: number) {
  const sessions = 2 * users
  let refreshCount = 0
  const nth = (i: number, of: number) => 1 + ((i * stride) % of)

  return {
    /** Requests that refresh `count` sessions, each with its next token. */
    refreshRequests: (count: number) =>
      Array.from({ length: count }, () => {
        const session = nth(refreshCount, sessions)
        const generation = 1 + Math.floor(refreshCount / sessions)
        refreshCount += 1
        const parts = { sessionId: sessionIdOf(session), seed: seedOf(session), generation }
        return formatRefreshRequest(codec.encode(parts))
      }),

    emails: (count: number) => Array.from({ length: count }, (_, i) => emailOf(nth(i, users))),
  }
}

function formatRefreshRequest(token: string) {
  const { refresh } = latchkeyApi
  if (!refresh) throw new Error('Latchkey has refresh tokens')
  const { head, bodyPrefix, bodySuffix } = refresh.request
  const body = `${bodyPrefix}${token}${bodySuffix}`
  return `${head}content-length: ${body.length}\r\n\r\n${body}`
}
