import { exchange, formatRequestHead, formatRequest } from '../load/http-text.js'
import { type Api, password, emailMarker, type Tokens } from './api.js'

export interface Documents {
  readonly path: string
  readonly register: string
  readonly login: string
  readonly refresh: string
  readonly me: string
}

const jsonHeaders = { 'content-type': 'application/json' }
const tokenPrefix = '"refreshToken":"'

/** A GraphQL server whose payloads have an accessToken and a refreshToken. */
export function graphqlApi({ path, ...documents }: Documents): Api {
  const post = (query: string, variables: unknown, headers: Record<string, string> = {}) =>
    formatRequest({ method: 'POST', path, headers, body: { query, variables } })
  const refreshBody = JSON.stringify({
    query: documents.refresh,
    variables: { input: { refreshToken: '\0' } },
  })
  const [bodyPrefix = '', bodySuffix = ''] = refreshBody.split('\\u0000')

  return {
    async register(port, email): Promise<Tokens> {
      const text = post(documents.register, { input: { email, password } })
      const { body } = await exchange(port, text)
      return {
        email,
        access: extractToken(body, 'accessToken'),
        refresh: extractToken(body, 'refreshToken'),
      }
    },
    me: {
      request: (access) => post(documents.me, {}, { authorization: `Bearer ${access}` }),
      expected: emailMarker,
    },
    login: {
      request: (email) => post(documents.login, { input: { email, password } }),
      expected: tokenPrefix,
    },
    refresh: {
      request: {
        ...{
          bodyPrefix,
          bodySuffix,
          tokenPrefix,
          tokenSuffix: '"',
          capturePrefix: '"accessToken":"',
        },
        head: formatRequestHead({ method: 'POST', path, headers: jsonHeaders }),
      },
      expected: tokenPrefix,
    },
  }
}

export function extractToken(body: string, name: string) {
  const token = new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1]
  if (!token) throw new Error(`no ${name} in ${body}`)
  return token
}
