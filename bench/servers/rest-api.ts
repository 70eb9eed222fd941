import { exchange, formatRequestHead, formatRequest } from '../load/http-text.js'
import { type Api, password, emailMarker, type Tokens } from './api.js'
import { extractToken } from './graphql-api.js'

const bearer = (access: string) => ({ authorization: `Bearer ${access}` })
const tokenPrefix = '"refreshToken":"'
const jsonHeaders = { 'content-type': 'application/json' }

/** The API of the floor servers: plain JSON with the same answers. */
export const meApi = (path = '/me'): Api => ({
  async register(port, email): Promise<Tokens> {
    const text = formatRequest({ method: 'POST', path: '/register', body: { email, password } })
    const { body } = await exchange(port, text)
    const refresh = body.includes(tokenPrefix) ? extractToken(body, 'refreshToken') : ''
    return { email, access: extractToken(body, 'accessToken'), refresh }
  },
  me: {
    request: (access) => formatRequest({ method: 'GET', path, headers: bearer(access) }),
    expected: emailMarker,
  },
})

export const fullApi: Api = {
  ...meApi(),
  login: {
    request: (email) =>
      formatRequest({ method: 'POST', path: '/login', body: { email, password } }),
    expected: tokenPrefix,
  },
  refresh: {
    request: {
      ...{
        bodyPrefix: '{"refreshToken":"',
        bodySuffix: '"}',
        tokenPrefix,
        tokenSuffix: '"',
        capturePrefix: '"accessToken":"',
      },
      head: formatRequestHead({ method: 'POST', path: '/refresh', headers: jsonHeaders }),
    },
    expected: tokenPrefix,
  },
}
