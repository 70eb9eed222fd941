import type { RunningServer } from '../server-pool.js'
import type { ClosedPlan, Requests } from '../load/plan.js'

export const connections = 32

const closedPlan = (
  server: RunningServer,
  seconds: number,
  requests: Requests,
  expected: string,
): ClosedPlan => ({
  ...{ kind: 'closed', port: server.process.port, connections, seconds, requests, expected },
})

export function getOperation<K extends 'me' | 'login' | 'refresh'>(
  { api, contender }: RunningServer,
  name: K,
) {
  const found = api[name]
  if (!found) throw new Error(`${contender.name} has no ${name}`)
  return found
}

/** `me` with the same tokens repeatedly, as users with an open page send it. */
export function mePlan(server: RunningServer, seconds: number): ClosedPlan {
  const { request, expected } = getOperation(server, 'me')
  const texts = server.accounts.map(({ access }) => request(access))
  return closedPlan(server, seconds, { kind: 'repeated', texts }, expected)
}

/** `me`, each time with a token that the server has never seen. */
export function freshMePlan(server: RunningServer, tokens: readonly string[]): ClosedPlan {
  const { request, expected } = getOperation(server, 'me')
  return closedPlan(server, 60, { kind: 'once', texts: tokens.map(request) }, expected)
}

export function loginPlan(server: RunningServer, seconds: number): ClosedPlan {
  const login = getOperation(server, 'login')
  const texts = server.loginEmails.map(login.request)
  return closedPlan(server, seconds, { kind: 'repeated', texts }, login.expected)
}

/** One sign-in of each user in `loginEmails`. */
export function loginOncePlan(server: RunningServer): ClosedPlan {
  const { requests, ...plan } = loginPlan(server, 60)
  const texts = requests.kind === 'chained' ? [] : requests.texts
  return { ...plan, requests: { kind: 'once', texts } }
}

export function refreshPlan(server: RunningServer, seconds: number): ClosedPlan {
  const refresh = getOperation(server, 'refresh')
  const tokens = server.refreshTokens.slice(0, connections)
  return closedPlan(
    server,
    seconds,
    { kind: 'chained', chain: refresh.request, tokens },
    refresh.expected,
  )
}
