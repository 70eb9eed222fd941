import { createNetwork } from './session-fixture.js'

type Fetch = typeof fetch
type Send = () => Promise<Response>

/**
 * A network for the session's own requests. `refresh` and `logout` decide the fate of a request and may still send it.
 */
export function createSessionNetwork() {
  const network = createNetwork()
  const handlers: { refresh: ((send: Send) => Promise<Response>) | null } = { refresh: null }
  let refreshAttempts = 0
  return {
    fates: handlers,
    /** All refreshes that the session tried to send, including lost ones. */
    refreshAttempts: () => refreshAttempts,
    /** Requests that reached the service. */
    reached: network.countSent,
    fetch: ((input, init) => {
      const send = () => network.fetch(input, init)
      if (typeof init?.body !== 'string' || !init.body.includes('RefreshSession')) return send()
      refreshAttempts += 1
      return handlers.refresh ? handlers.refresh(send) : send()
    }) as Fetch,
    network,
  }
}

/** Holds one refresh until the test releases it. */
export function createGate() {
  let open: () => void = () => undefined
  let arrive: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  return {
    arrived,
    open,
    handler: async (send: Send) => {
      arrive()
      await opened
      return send()
    },
  }
}

/** A browser's cookies, for one service. */
export function withCookies(send: Fetch): Fetch {
  let cookie = ''
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    if (init.credentials === 'include' && cookie) headers.set('cookie', cookie)
    const response = await send(input, { ...init, headers })
    const [setCookie] = response.headers.getSetCookie()
    if (init.credentials === 'include' && setCookie !== undefined)
      cookie = setCookie.split(';')[0] ?? ''
    return response
  }
}
