// The gateways of the examples in front of an app and a second service. The tests run the documented code.
import { startGateway as startApolloGateway } from '../../../examples/federated-gateway/apollo-gateway.js'
import { startGateway as startHiveGateway } from '../../../examples/federated-gateway/gateway.js'
import { startPosts as startFederatedPosts } from '../../../examples/federated-gateway/posts.js'
import { startGateway as startStitchedGateway } from '../../../examples/stitched-gateway/gateway.js'
import { startPosts as startStitchedPosts } from '../../../examples/stitched-gateway/posts.js'
import { startApp, type TestAppOptions } from '../app/app.js'

const issuer = 'http://localhost:4000'

interface ServiceUrls {
  readonly auth: string
  readonly posts: string
  readonly jwksUrl: string
}

interface Gateway {
  readonly url: string
  readonly close: () => Promise<void>
}

interface GatewayKind {
  readonly env: Record<string, string>
  readonly startPosts: typeof startStitchedPosts
  readonly startGateway: (serviceUrls: ServiceUrls) => Promise<Gateway>
}

const federated = { env: { FEDERATION: 'on' }, startPosts: startFederatedPosts }

export const gatewayKinds: Record<string, GatewayKind> = {
  'schema stitching': {
    env: { STITCHING: 'on' },
    startPosts: startStitchedPosts,
    startGateway: ({ auth, posts }) => startStitchedGateway({ services: [auth, posts] }),
  },
  '@apollo/gateway': {
    ...federated,
    startGateway: ({ jwksUrl, ...subgraphs }) => startApolloGateway({ subgraphs, issuer, jwksUrl }),
  },
  'Hive Gateway': {
    ...federated,
    startGateway: ({ jwksUrl, ...subgraphs }) => startHiveGateway({ subgraphs, issuer, jwksUrl }),
  },
}

/** An app in production, as a gateway finds it: no introspection, one proxy in front. */
export async function startAppBehindGateway(kind: GatewayKind, options: TestAppOptions = {}) {
  const app = await startApp({
    ...options,
    env: { INTROSPECTION: 'off', TRUST_PROXY: '1', ...kind.env, ...options.env },
  })
  const jwksUrl = `${app.url}/.well-known/jwks.json`
  const posts = await kind.startPosts({ issuer, jwksUrl })
  const serviceUrls = { auth: `${app.url}/graphql`, posts: posts.url, jwksUrl }
  const gateway = await kind.startGateway(serviceUrls)
  return {
    app,
    posts,
    gateway,
    /** The address for `call` and the other helpers of support/client.ts. */
    gatewayServer: { url: new URL(gateway.url).origin },
    close: async () => {
      await gateway.close()
      await posts.close()
      await app.close()
    },
  }
}
