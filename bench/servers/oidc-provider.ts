import { join } from 'node:path'
import { exchange, headText, requestText } from '../load/http-text.js'
import { peersFolder } from '../support/paths.js'
import type { Api } from './api.js'
import type { Contender } from './contender.js'
import { tokenIn } from './graphql-api.js'
import { nodeProgram } from './node-program.js'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const client = 'client_id=bench&client_secret=a%20secret%20that%20guards%20nothing'
const mark = '"refresh_token":"'

/** It neither takes passwords nor tells who somebody is without an access token of its own: the refresh grant only. */
const api: Api = {
  async register(port, email) {
    const text = requestText({ method: 'POST', path: '/register', body: { email } })
    const { body } = await exchange(port, text)
    return { email, access: '', refresh: tokenIn(body, 'refreshToken') }
  },
  refresh: {
    request: {
      head: headText({ method: 'POST', path: '/token', headers: form }),
      before: `grant_type=refresh_token&${client}&refresh_token=`,
      after: '',
      ...{ mark, end: '"' },
    },
    expected: mark,
  },
}

export const oidcProvider: Contender = {
  name: 'oidc-provider',
  title: 'oidc-provider',
  absent: () => null,
  api,
  start: nodeProgram({
    cwd: join(peersFolder, 'oidc-provider'),
    readyPath: '/jwks',
  }),
  async seed(raw, users) {
    await raw.query(`
      INSERT INTO oidc_payloads (id, type, payload, grant_id, expires_at)
        SELECT md5('g' || n), 'Grant', payload, NULL, expires_at
        FROM (SELECT * FROM oidc_payloads WHERE type = 'Grant' LIMIT 1) g, generate_series(1, ${users}) n;
      INSERT INTO oidc_payloads (id, type, payload, grant_id, expires_at)
        SELECT md5('r' || n || i), 'RefreshToken', payload, md5('g' || n), expires_at
        FROM (SELECT * FROM oidc_payloads WHERE type = 'RefreshToken' LIMIT 1) r,
          generate_series(1, ${users}) n, generate_series(1, 2) i`)
  },
}
