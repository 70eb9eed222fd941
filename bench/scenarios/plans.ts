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

/** `me` with the same tokens over and over: people at their screens. */
export function meAgain(server: Server, seconds: number): ClosedPlan {
  const { request, expected } = server.api.me
  const texts = server.people.map(({ access }) => request(access))
  return closed(server, seconds, { kind: 'repeated', texts }, expected)
}

/** `me`, each time with a token that the server has never seen. */
export function meAnew(server: Server, tokens: readonly string[]): ClosedPlan {
  const { request, expected } = server.api.me
  return closed(server, 60, { kind: 'once', texts: tokens.map(request) }, expected)
}

export function signIns(server: Server, seconds: number): ClosedPlan {
  const { login } = server.api
  if (!login) throw new Error(`${server.contender.name} has no sign-in`)
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
  const { refresh } = server.api
  if (!refresh) throw new Error(`${server.contender.name} has no refresh`)
  const tokens = server.refreshTokens.slice(0, connections)
  return closed(
    server,
    seconds,
    { kind: 'chained', chain: refresh.request, tokens },
    refresh.expected,
  )
}
