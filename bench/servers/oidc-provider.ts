import { join } from 'node:path'
import { exchange, formatRequestHead, formatRequest } from '../load/http-text.js'
import { peersFolder } from '../support/paths.js'
import type { Api } from './api.js'
import type { Contender } from './contender.js'
import { extractToken } from './graphql-api.js'
import { nodeProgram } from './node-program.js'

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }
const clientParameters = 'client_id=bench&client_secret=a%20secret%20that%20guards%20nothing'
const tokenPrefix = '"refresh_token":"'

/**
 * Only the refresh grant: the server takes no passwords, and its own access tokens are needed to ask who a user is.
 */
const api: Api = {
  async register(port, email) {
    const text = formatRequest({ method: 'POST', path: '/register', body: { email } })
    const { body } = await exchange(port, text)
    return { email, access: '', refresh: extractToken(body, 'refreshToken') }
  },
  refresh: {
    request: {
      head: formatRequestHead({ method: 'POST', path: '/token', headers: formHeaders }),
      bodyPrefix: `grant_type=refresh_token&${clientParameters}&refresh_token=`,
      bodySuffix: '',
      ...{ tokenPrefix, tokenSuffix: '"' },
    },
    expected: tokenPrefix,
  },
}

export const oidcProvider: Contender = {
  name: 'oidc-provider',
  title: 'oidc-provider',
  unavailableReason: () => null,
  api,
  start: nodeProgram({
    cwd: join(peersFolder, 'oidc-provider'),
    readyPath: '/jwks',
  }),
  async seed(client, users) {
    await client.query(`
      INSERT INTO oidc_payloads (id, type, payload, grant_id, expires_at)
        SELECT md5('g' || n), 'Grant', payload, NULL, expires_at
        FROM (SELECT * FROM oidc_payloads WHERE type = 'Grant' LIMIT 1) g, generate_series(1, ${users}) n;
      INSERT INTO oidc_payloads (id, type, payload, grant_id, expires_at)
        SELECT md5('r' || n || i), 'RefreshToken', payload, md5('g' || n), expires_at
        FROM (SELECT * FROM oidc_payloads WHERE type = 'RefreshToken' LIMIT 1) r,
          generate_series(1, ${users}) n, generate_series(1, 2) i`)
  },
}
