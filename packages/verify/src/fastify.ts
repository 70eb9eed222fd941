import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { KeysUnavailable, type Caller, type Verification, type Verifier } from './verifier.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the access token of the request is worth. Null before it has been looked at. */
    verification: Verification | null
  }
}

/** Fastify asks no new scope of a plugin that has this: what it adds is there for all routes. */
const skipOverride = Symbol.for('skip-override')

/** Has every request of a Fastify server looked at: `request.verification`. */
export const verifyRequests = (verifier: Verifier): FastifyPluginCallback =>
  Object.assign<FastifyPluginCallback, object>(
    (server, _options, done) => {
      server.decorateRequest('verification', null)
      server.addHook('onRequest', async (request, reply) => {
        try {
          request.verification = await verifier.verify(request.headers.authorization)
        } catch (error) {
          if (!(error instanceof KeysUnavailable)) throw error
          request.log.error({ err: error }, 'access tokens cannot be verified')
          return reply.code(503).header('retry-after', '5').send({ error: 'unavailable' })
        }
      })
      done()
    },
    { [skipOverride]: true },
  )

/** A hook for routes that need a caller: 401 as RFC 6750 §3 has it. */
export async function requireBearer({ verification }: FastifyRequest, reply: FastifyReply) {
  if (verification?.kind === 'valid') return undefined
  const error = verification?.kind === 'missing' ? '' : ' error="invalid_token"'
  const challenge = reply.code(401).header('www-authenticate', `Bearer${error}`)
  return challenge.send({ error: 'unauthenticated' })
}

/** The caller of a request that `requireBearer` let through. */
export function callerOf({ verification }: FastifyRequest): Caller {
  if (verification?.kind !== 'valid') throw new Error('a route without requireBearer')
  return verification.caller
}
