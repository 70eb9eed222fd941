// Hive Gateway in front of Latchkey and your services.
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGatewayRuntime, type GatewayPlugin } from '@graphql-hive/gateway-runtime'
import { createRemoteJwksSigningKeyProvider, useJWT } from '@graphql-mesh/plugin-jwt-auth'
import { composeSupergraph } from './supergraph.js'

/**
 * It has signed nothing. Without it a token of a key that is not published (retired after a leak, or somebody else's) is
 * no bad token but an error 500, for the sign-in too that it comes along with.
 */
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const noKey = publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** The claims of a verified access token. */
interface WithClaims extends Record<string, unknown> {
  readonly jwt?: { readonly payload: Readonly<Record<string, unknown>> }
}

export interface GatewayOptions {
  /** The subgraphs by name. */
  readonly subgraphs: Readonly<Record<string, string>>
  /** `PUBLIC_URL` of Latchkey. */
  readonly issuer: string
  readonly jwksUrl: string
  readonly port?: number
}

export async function startGateway({ subgraphs, issuer, jwksUrl, port = 0 }: GatewayOptions) {
  const verifyTokens = useJWT({
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: jwksUrl }), () => noKey],
    tokenVerification: { issuer, audience: issuer, algorithms: ['RS256'] },
    // Latchkey itself answers a dead token, with the code on which clients refresh. Rejected here, it would take the
    // refresh along that some clients send it with.
    reject: { missingToken: false, invalidToken: false },
  })
  const gateway = createGatewayRuntime<WithClaims>({
    supergraph: await composeSupergraph(subgraphs),
    logging: 'error',
    plugins: () => [verifyTokens as unknown as GatewayPlugin<WithClaims>],
    // For @authenticated and @requiresScopes of your services.
    genericAuth: {
      mode: 'protect-granular',
      resolveUserFn: ({ jwt }) => jwt?.payload,
      rejectUnauthenticated: false, // the fields beside a protected one are answered
    },
    // Nothing is passed on by default. The address of the client is added for Latchkey's TRUST_PROXY=1.
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, context }) => ({
        authorization: request.headers.get('authorization') ?? undefined,
        'user-agent': request.headers.get('user-agent') ?? undefined,
        'x-forwarded-for': (context as { req?: IncomingMessage }).req?.socket.remoteAddress,
      }),
    },
  })
  const server = createServer((request, response) => void gateway(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: listening } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${listening}/graphql`,
    async close() {
      server.closeAllConnections()
      server.close()
      await gateway[Symbol.asyncDispose]()
    },
  }
}
