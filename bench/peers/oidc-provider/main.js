// oidc-provider's token endpoint on PostgreSQL: the refresh grant with rotation, and an ID token signed with EdDSA.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { createAdapter } from './adapter.js'

const { PORT, DATABASE_URL } = process.env
const issuer = `http://127.0.0.1:${PORT}`
const { privateKey } = generateKeyPairSync('ed25519')
const client = { client_id: 'bench', client_secret: 'a secret that guards nothing' }
const scope = 'openid offline_access'

const provider = new Provider(issuer, {
  adapter: await createAdapter(DATABASE_URL),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'EdDSA' }] },
  enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
  clients: [
    {
      ...client,
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://127.0.0.1/callback'],
      id_token_signed_response_alg: 'EdDSA',
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  rotateRefreshToken: true,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  cookies: { keys: ['a secret that guards nothing'] },
})

/** Creates the rows of a sign-in: a grant with a refresh token. */
async function signIn(accountId) {
  const grant = new provider.Grant({ accountId, clientId: client.client_id })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  const token = new provider.RefreshToken({
    ...{ accountId, grantId, scope, gty: 'authorization_code' },
    client: await provider.Client.find(client.client_id),
    authTime: Math.floor(Date.now() / 1_000),
    claims: {},
  })
  return { accessToken: '-', refreshToken: await token.save() }
}

const answer = provider.callback()
createServer(async (request, response) => {
  if (request.url !== '/register') return answer(request, response)
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const text = JSON.stringify(await signIn(JSON.parse(body).email))
  response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text)
}).listen(Number(PORT), '127.0.0.1')
