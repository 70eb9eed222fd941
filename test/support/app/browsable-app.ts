import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startApp, type TestAppOptions } from './app.js'

/**
 * An app whose PUBLIC_URL is its own address, so that a browser can follow its links. `host` may be more than loopback.
 */
export async function startBrowsableApp(options: TestAppOptions = {}, host = '127.0.0.1') {
  const httpServer = createServer()
  httpServer.listen(0, host)
  await once(httpServer, 'listening')
  const { port } = httpServer.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const app = await startApp({ ...options, env: { PUBLIC_URL: url, ...options.env } })
  httpServer.on('request', (request, response) => {
    app.app.server.routing(request, response)
  })
  return {
    ...app,
    url,
    port,
    close: async () => {
      httpServer.closeAllConnections()
      httpServer.close()
      await app.close()
    },
  }
}
