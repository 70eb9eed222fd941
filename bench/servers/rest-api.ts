import { exchange, headText, requestText } from '../load/http-text.js'
import { type Api, password, somebodysEmail, type Tokens } from './api.js'
import { tokenIn } from './graphql-api.js'

const bearer = (access: string) => ({ authorization: `Bearer ${access}` })
const mark = '"refreshToken":"'
const json = { 'content-type': 'application/json' }

/** The floors' API: plain JSON, the same answers. */
export const meApi = (path = '/me'): Api => ({
  async register(port, email): Promise<Tokens> {
    const text = requestText({ method: 'POST', path: '/register', body: { email, password } })
    const { body } = await exchange(port, text)
    const refresh = body.includes(mark) ? tokenIn(body, 'refreshToken') : ''
    return { email, access: tokenIn(body, 'accessToken'), refresh }
  },
  me: {
    request: (access) => requestText({ method: 'GET', path, headers: bearer(access) }),
    expected: somebodysEmail,
  },
})

export const wholeApi: Api = {
  ...meApi(),
  login: {
    request: (email) => requestText({ method: 'POST', path: '/login', body: { email, password } }),
    expected: mark,
  },
  refresh: {
    request: {
      ...{ before: '{"refreshToken":"', after: '"}', mark, end: '"', harvest: '"accessToken":"' },
      head: headText({ method: 'POST', path: '/refresh', headers: json }),
    },
    expected: mark,
  },
}
