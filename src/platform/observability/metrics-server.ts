import { createServer } from 'node:http'
import { once } from 'node:events'
import type { Registry } from 'prom-client'

export interface MetricsServerOptions {
  readonly host: string
  readonly port: number
}

/** `/metrics` for Prometheus, on a port of its own: what it says is for operators, not for clients. */
export async function serveMetrics(registry: Registry, { host, port }: MetricsServerOptions) {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
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
