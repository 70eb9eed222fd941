// The whole of it on this machine: Latchkey, a service of yours, and the gateway in front of both.
import { startGateway as startApolloGateway } from './apollo-gateway.js'
import { startGateway as startHiveGateway } from './gateway.js'
import { startLatchkey } from './latchkey.js'
import { startPosts } from './posts.js'

const { LATCHKEY_PORT = '4000', POSTS_PORT = '4001', PORT = '4002', GATEWAY } = process.env
const startGateway = GATEWAY === 'apollo' ? startApolloGateway : startHiveGateway

/** What is in front of others ends before them. */
const started: { close: () => Promise<void> }[] = []
async function stop() {
  for (const part of started.splice(0).reverse()) await part.close()
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop())

try {
  const latchkey = await startLatchkey(LATCHKEY_PORT, { FEDERATION: 'on', TRUST_PROXY: '1' })
  started.push(latchkey)
  const { issuer } = latchkey
  const posts = await startPosts({ issuer, port: Number(POSTS_PORT) })
  started.push(posts)
  const gateway = await startGateway({
    subgraphs: { auth: `${issuer}/graphql`, posts: posts.url },
    issuer,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    port: Number(PORT),
  })
  started.push(gateway)
  console.log(`The gateway is at ${gateway.url}`)
} catch (error) {
  await stop()
  throw error
}
