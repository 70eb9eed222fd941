import type { FastifyInstance } from 'fastify'

/**
 * Tells browsers which pages of other domains may use the passkeys of this RP ID (WebAuthn §5.11, Related Origin
 * Requests). Browsers ask `https://<RP ID>/.well-known/webauthn` and follow no redirect.
 */
export const relatedOriginsRoute = (origins: readonly string[]) => (server: FastifyInstance) => {
  server.get('/.well-known/webauthn', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send({ origins }),
  )
}
