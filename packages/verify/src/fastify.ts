import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { KeysUnavailable, type Caller, type Verification, type Verifier } from './verifier.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The verification of the request's access token. Null before the verification. */
    verification: Verification | null
  }
}

/** Fastify creates no new scope for a plugin with this symbol: its decorations exist for all routes. */
const skipOverride = Symbol.for('skip-override')

/** Verifies the token of every request of a Fastify server: `request.verification`. */
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

/** A hook for routes that need a caller. It answers 401 as defined by RFC 6750 §3. */
export async function requireBearer({ verification }: FastifyRequest, reply: FastifyReply) {
  if (verification?.kind === 'valid') return undefined
  const error = verification?.kind === 'missing' ? '' : ' error="invalid_token"'
  const challenge = reply.code(401).header('www-authenticate', `Bearer${error}`)
  return challenge.send({ error: 'unauthenticated' })
}

/** The caller of a request that passed `requireBearer`. */
export function callerOf({ verification }: FastifyRequest): Caller {
  if (verification?.kind !== 'valid')
    throw new Error('The route has no verified caller. Add the requireBearer hook.')
  return verification.caller
}
