import { createRefreshTokenCodec } from '../../src/features/sessions/refresh-token.js'
import { createKeyring } from '../../src/platform/crypto/keyring.js'
import { systemRandom } from '../../src/platform/crypto/random.js'
import { emailOf, seedOf, sessionIdOf } from '../../test/support/database/million-users.js'
import { authSecret, latchkeyApi } from '../servers/latchkey.js'

// As far apart as the table allows, one after the other: with no common factor, everybody's turn comes.
const stride = 7_919

const keyring = createKeyring([authSecret], 'refresh tokens')
const codec = createRefreshTokenCodec(keyring, systemRandom)

/**
 * The people that were put into the table, in an order that jumps all over it. Asked about the same few, a server
 * would answer from a corner of the table that is always at hand, however large the rest.
 */
export function createScatteredUsers(users: number) {
  const sessions = 2 * users
  let refreshCount = 0
  const nth = (i: number, of: number) => 1 + ((i * stride) % of)

  return {
    /** Requests that refresh so many sessions, each with its next token. */
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
