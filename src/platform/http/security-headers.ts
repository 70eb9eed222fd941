import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet, { type HelmetOptions } from 'helmet'

export type ResponseHeaders = Readonly<Record<string, string>>

/** The headers of every answer, computed once: helmet per request is slow (docs/performance.md). */
export const responseHeaders = ({ https }: { https: boolean }): ResponseHeaders => ({
  'cache-control': 'no-store',
  ...securityHeaders({
    contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"] } },
    strictTransportSecurity: https && { maxAge: 31_536_000 },
    crossOriginEmbedderPolicy: false,
  }),
})

function securityHeaders(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  }
  const request = null as unknown as IncomingMessage // helmet does not read it
  helmet(options)(request, response as unknown as ServerResponse, (error) => {
    if (error) throw error as Error
  })
  return headers
}
