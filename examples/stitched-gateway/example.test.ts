import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import {
  LogoutDocument,
  MeDocument,
  RefreshDocument,
  RegisterDocument,
  type RegisterMutation,
} from '@latchkey/client/operations'
import { expect, it, onTestFinished } from 'vitest'

it('signs in, joins users to their posts, refreshes and signs out', async () => {
  const ask = clientAt(await start())
  const input = { email: 'ada@example.com', password: 'correct horse battery', username: 'ada' }
  const registered = signedIn((await ask(RegisterDocument, { input })).register)

  const create = 'mutation { createPost(title: "Hello") { author { username } } }'
  const created = await ask(create, {}, registered.accessToken)
  expect(created).toEqual({ createPost: { author: { username: 'ada' } } })
  const feed = await ask('{ posts { title author { username email } } }', {})
  expect(feed).toEqual({ posts: [{ title: 'Hello', author: { username: 'ada', email: null } }] })

  const { refreshToken } = registered
  const { refresh } = await ask(RefreshDocument, { input: { refreshToken } })
  const renewed = signedIn(refresh)
  const { me } = await ask(MeDocument, {}, renewed.accessToken)
  expect(me?.email).toBe(input.email)
  await ask(LogoutDocument, { input: { refreshToken: renewed.refreshToken } })
  expect(await ask(MeDocument, {}, renewed.accessToken)).toEqual({ me: null })
})

/** `npm start`, on ports and in a folder of its own; where the gateway is. */
async function start(): Promise<string> {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'latchkey-example-'))
  const LATCHKEY_PORT = String(await freePort())
  const example = spawn('npm', ['start'], {
    env: { ...process.env, DATA_DIR, LATCHKEY_PORT, POSTS_PORT: '0', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  onTestFinished(async () => {
    if (example.pid) process.kill(-example.pid, 'SIGTERM')
    await once(example, 'close')
    await rm(DATA_DIR, { recursive: true })
  })
  let output = ''
  for await (const text of example.stdout.setEncoding('utf8')) {
    output += String(text)
    const [, url] = /The gateway is at (\S+)/.exec(output) ?? []
    if (url) return url
  }
  throw new Error(`It did not start: ${output}`)
}

/** Sends one operation, as any client does. */
const clientAt =
  (url: string) =>
  async <T, V>(
    document: TypedDocumentNode<T, V> | string,
    variables: V,
    token = '',
  ): Promise<T> => {
    const query = typeof document === 'string' ? document : print(document)
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: token && `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    })
    const { data } = (await response.json()) as { data: T }
    return data
  }

type Payload = Extract<RegisterMutation['register'], { __typename: 'AuthPayload' }>

function signedIn(result: { __typename: string } | null | undefined): Payload {
  if (result?.__typename !== 'AuthPayload') throw new Error(JSON.stringify(result))
  return result as Payload
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
