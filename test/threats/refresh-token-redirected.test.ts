// An attacker who can redirect an endpoint must neither receive the refresh token nor decide who is signed in.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createSession } from '@latchkey/client'

async function startServer(server: ReturnType<typeof createServer>) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
}

it('a redirect is not followed, and signs no user in or out', async () => {
  let stolenCount = 0
  const thief = await startServer(
    createServer((_request, response) => {
      stolenCount += 1
      const refresh = { __typename: 'AuthPayload', accessToken: 'a.b.c', expiresIn: 600 }
      response.end(JSON.stringify({ data: { refresh } }))
    }),
  )
  let requestCount = 0
  const url = await startServer(
    createServer((_request, response) => {
      requestCount += 1
      response.writeHead(307, { location: thief }).end()
    }),
  )
  let timeMs = 0
  const session = createSession({ url, now: () => timeMs })
  const claims = Buffer.from(JSON.stringify({ sub: 'ada', sid: 'one' })).toString('base64url')
  const accessToken = `e30.${claims}.signature`
  await session.signIn({ accessToken, expiresIn: 600, refreshToken: 'secret' })
  timeMs = 700_000
  expect(await session.accessToken()).toBe(accessToken)
  expect(session.state()).toEqual({ status: 'signed-in', userId: 'ada' })
  expect(requestCount).toBeGreaterThan(0)
  expect(stolenCount).toBe(0)
})
