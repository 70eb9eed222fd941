import { exchange, headText, requestText } from '../load/http-text.js'
import { type Api, password, somebodysEmail, type Tokens } from './api.js'

export interface Documents {
  readonly path: string
  readonly register: string
  readonly login: string
  readonly refresh: string
  readonly me: string
}

const json = { 'content-type': 'application/json' }
const mark = '"refreshToken":"'

/** A GraphQL server whose payloads have an accessToken and a refreshToken. */
export function graphqlApi({ path, ...documents }: Documents): Api {
  const post = (query: string, variables: unknown, headers: Record<string, string> = {}) =>
    requestText({ method: 'POST', path, headers, body: { query, variables } })
  const refreshBody = JSON.stringify({
    query: documents.refresh,
    variables: { input: { refreshToken: '\0' } },
  })
  const [before = '', after = ''] = refreshBody.split('\\u0000')

  return {
    async register(port, email): Promise<Tokens> {
      const text = post(documents.register, { input: { email, password } })
      const { body } = await exchange(port, text)
      return { email, access: tokenIn(body, 'accessToken'), refresh: tokenIn(body, 'refreshToken') }
    },
    me: {
      request: (access) => post(documents.me, {}, { authorization: `Bearer ${access}` }),
      expected: somebodysEmail,
    },
    login: {
      request: (email) => post(documents.login, { input: { email, password } }),
      expected: mark,
    },
    refresh: {
      request: {
        ...{ before, after, mark, end: '"', harvest: '"accessToken":"' },
        head: headText({ method: 'POST', path, headers: json }),
      },
      expected: mark,
    },
  }
}

export function tokenIn(body: string, name: string) {
  const token = new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1]
  if (!token) throw new Error(`no ${name} in ${body}`)
  return token
}
