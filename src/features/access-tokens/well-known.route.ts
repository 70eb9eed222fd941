import type { FastifyInstance } from 'fastify'
import type { SigningKeys } from './signing-keys.js'

// Gateways poll; a key is published long before it signs, so that minutes of caching do no harm.
const cacheControl = 'public, max-age=300'

/** Where gateways and services learn how to verify access tokens. */
export const wellKnownRoutes =
  ({ keys, issuer }: { keys: SigningKeys; issuer: string }) =>
  (server: FastifyInstance) => {
    server.get('/.well-known/jwks.json', (_request, reply) =>
      reply.header('cache-control', cacheControl).send(keys.jwks()),
    )
    // OpenID Connect Discovery 1.0 §3, as far as gateways read it.
    server.get('/.well-known/openid-configuration', (_request, reply) =>
      reply
        .header('cache-control', cacheControl)
        .send({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` }),
    )
  }
