import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

// Filled by scripts/build-assets.ts. The relative path is the same from src/platform/http/graphiql (tsx, vitest) and
// from dist/platform/http/graphiql (node).
const assets = new URL('../../../../dist/graphiql/', import.meta.url)

// GraphiQL needs inline styles for its editors, but no inline scripts. Text that a server or a person puts on the
// page cannot become code, and code cannot connect to any other host.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The scripts and styles of the page, under /graphiql/. */
export async function graphiqlRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: fileURLToPath(assets),
    prefix: '/graphiql/',
    index: false,
    decorateReply: false,
    // The file names carry no version: browsers cache the files and revalidate them by ETag.
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'public, no-cache')
      reply.header('content-security-policy', contentSecurityPolicy)
    },
  })
}

/** Whether GET /graphql comes from a person with a browser, not from a GraphQL client. */
export function wantsGraphiql(request: FastifyRequest): boolean {
  const { query } = request.query as { query?: unknown }
  return request.method === 'GET' && query === undefined && prefersHtml(request.headers.accept)
}

/** Sends the page. Headers of the reply override the headers that helmet set before. */
export async function sendGraphiql(reply: FastifyReply): Promise<FastifyReply> {
  const page = await readFile(new URL('index.html', assets))
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy)
    .header('cache-control', 'no-store')
    .send(page)
}

// Only explicitly named types count, and a tie goes to JSON. curl sends */*, and clients that name both (for error
// pages of proxies) want the API.
function prefersHtml(accept = ''): boolean {
  const quality = new Map<string, number>()
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
    quality.set(type, Number(weight))
  }
  const qualityOf = (type: string): number => quality.get(type) ?? 0
  return (
    qualityOf('text/html') >
    Math.max(qualityOf('application/json'), qualityOf('application/graphql-response+json'))
  )
}
