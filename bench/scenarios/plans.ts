import type { Server } from '../house.js'
import type { ClosedPlan, Requests } from '../load/plan.js'

export const connections = 32

const closed = (
  server: Server,
  seconds: number,
  requests: Requests,
  expected: string,
): ClosedPlan => ({
  ...{ kind: 'closed', port: server.process.port, connections, seconds, requests, expected },
})

export function operation<K extends 'me' | 'login' | 'refresh'>(
  { api, contender }: Server,
  name: K,
) {
  const found = api[name]
  if (!found) throw new Error(`${contender.name} has no ${name}`)
  return found
}

/** `me` with the same tokens over and over: people at their screens. */
export function meAgain(server: Server, seconds: number): ClosedPlan {
  const { request, expected } = operation(server, 'me')
  const texts = server.people.map(({ access }) => request(access))
  return closed(server, seconds, { kind: 'repeated', texts }, expected)
}

/** `me`, each time with a token that the server has never seen. */
export function meAnew(server: Server, tokens: readonly string[]): ClosedPlan {
  const { request, expected } = operation(server, 'me')
  return closed(server, 60, { kind: 'once', texts: tokens.map(request) }, expected)
}

export function signIns(server: Server, seconds: number): ClosedPlan {
  const login = operation(server, 'login')
  const texts = server.signingIn.map(login.request)
  return closed(server, seconds, { kind: 'repeated', texts }, login.expected)
}

/** Each of those who sign in, once. */
export function signInsOnce(server: Server): ClosedPlan {
  const { requests, ...plan } = signIns(server, 60)
  const texts = requests.kind === 'chained' ? [] : requests.texts
  return { ...plan, requests: { kind: 'once', texts } }
}

export function refreshes(server: Server, seconds: number): ClosedPlan {
  const refresh = operation(server, 'refresh')
  const tokens = server.refreshTokens.slice(0, connections)
  return closed(
    server,
    seconds,
    { kind: 'chained', chain: refresh.request, tokens },
    refresh.expected,
  )
}
