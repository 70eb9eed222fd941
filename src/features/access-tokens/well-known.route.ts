import type { FastifyInstance } from 'fastify'
import type { SigningKeys } from './signing-keys.js'

// Gateways poll. A key is published long before it signs, so caching for minutes is safe.
const cacheControl = 'public, max-age=300'

/** The routes that tell gateways and services how to verify access tokens. */
export const wellKnownRoutes =
  ({ keys, issuer }: { keys: SigningKeys; issuer: string }) =>
  (server: FastifyInstance) => {
    server.get('/.well-known/jwks.json', (_request, reply) =>
      reply.header('cache-control', cacheControl).send(keys.jwks()),
    )
    // OpenID Connect Discovery 1.0 §3: the fields that gateways read.
    server.get('/.well-known/openid-configuration', (_request, reply) =>
      reply
        .header('cache-control', cacheControl)
        .send({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` }),
    )
  }
