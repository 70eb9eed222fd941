import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Another site on this machine. Every path shows this page, and the site records each visit. */
export async function startOtherSite(html = '') {
  const requestedPaths: string[] = []
  const server = createServer((request, response) => {
    if (request.url !== '/favicon.ico') requestedPaths.push(request.url ?? '')
    response.setHeader('content-type', 'text/html').end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    seen: requestedPaths,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
