import { createServer } from 'node:http'
import { once } from 'node:events'
import { guardConnections, serverOptions } from '../http/connections.js'
import { responseHeaders } from '../http/security-headers.js'

export interface MetricsServerOptions {
  readonly host: string
  readonly port: number
}

/** The registry of one process, or the aggregate of several workers. */
interface MetricsSource {
  readonly contentType: string
  readonly metrics: () => Promise<string>
}

/** Serves `/metrics` for Prometheus on a separate port: metrics are for operators, not for clients. */
export async function serveMetrics(source: MetricsSource, { host, port }: MetricsServerOptions) {
  const headers = responseHeaders({ https: false })
  const server = createServer(serverOptions, (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    source.metrics().then(
      (text) => response.writeHead(200, { 'content-type': source.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  guardConnections(server, headers)
  server.listen(port, host)
  await once(server, 'listening')
  return {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
