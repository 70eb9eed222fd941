import { join } from 'node:path'
import { exchange, formatRequestHead, formatRequest } from '../load/http-text.js'
import { peersFolder } from '../support/paths.js'
import { type Api, password } from './api.js'
import type { Contender } from './contender.js'
import { extractToken } from './graphql-api.js'
import { nodeProgram } from './node-program.js'

const path = '/graphql'
const tokens = 'tokens { accessToken refreshToken }'
const documents = {
  register: `mutation Register($user: CreateUserInput!) { createUser(user: $user) { loginResult { ${tokens} } } }`,
  login: `mutation Login($params: AuthenticateParamsInput!) { authenticate(serviceName: "password", params: $params) { ${tokens} } }`,
  refresh: `mutation Refresh($accessToken: String!, $refreshToken: String!) { refreshTokens(accessToken: $accessToken, refreshToken: $refreshToken) { ${tokens} } }`,
  me: 'query Me { getUser { id emails { address } } }',
}
const post = (query: string, variables: unknown, headers: Record<string, string> = {}) =>
  formatRequest({ method: 'POST', path, headers, body: { query, variables } })

// A refresh needs both tokens, so both go from the answer to the next request.
const tokenPair = { tokenPrefix: '"tokens":{', tokenSuffix: '}' }

const api: Api = {
  async register(port, email) {
    const { body } = await exchange(port, post(documents.register, { user: { email, password } }))
    const [, refresh = ''] = /"tokens":\{([^}]+)\}/.exec(body) ?? []
    return { email, access: extractToken(body, 'accessToken'), refresh }
  },
  me: {
    request: (access) => post(documents.me, {}, { authorization: `Bearer ${access}` }),
    expected: '"address":"bench',
  },
  login: {
    request: (email) => post(documents.login, { params: { user: { email }, password } }),
    expected: tokenPair.tokenPrefix,
  },
  refresh: {
    request: {
      ...tokenPair,
      head: formatRequestHead({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
      }),
      bodyPrefix: `{"query":${JSON.stringify(documents.refresh)},"variables":{`,
      bodySuffix: '}}',
    },
    expected: '"accessToken":"',
  },
}

export const accountsJs: Contender = {
  name: 'accounts-js',
  title: 'accounts-js (GraphQL)',
  unavailableReason: () => null,
  api,
  start: nodeProgram({
    cwd: join(peersFolder, 'accounts-js'),
    readyPath: '/.well-known/apollo/server-health',
  }),
  async seed(client, users) {
    await client.query(`
      INSERT INTO "user" ("id") SELECT gen_random_uuid() FROM generate_series(1, ${users});
      INSERT INTO user_email ("address", "userId")
        SELECT 'user' || lpad((row_number() OVER ())::text, 7, '0') || '@example.com', "id" FROM "user" u
        WHERE NOT EXISTS (SELECT FROM user_email e WHERE e."userId" = u."id");
      INSERT INTO user_service ("name", "options", "userId")
        SELECT 'password', (SELECT "options" FROM user_service LIMIT 1), "id" FROM "user" u
        WHERE NOT EXISTS (SELECT FROM user_service s WHERE s."userId" = u."id");
      INSERT INTO user_session ("token", "valid", "userId")
        SELECT md5("id"::text || n), true, "id" FROM "user", generate_series(1, 2) n`)
  },
}
