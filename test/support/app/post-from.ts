import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Answer } from './client.js'

/** One GraphQL request from another address of this machine, such as 127.0.0.2. */
export async function postFrom<T>(
  localAddress: string,
  { url }: { url: string },
  body: object,
  headers: Record<string, string> = {},
): Promise<Pick<Answer<T>, 'data' | 'errors'>> {
  const outgoing = request(new URL('/graphql', url), {
    method: 'POST',
    localAddress,
    headers: { 'content-type': 'application/json', ...headers },
  })
  outgoing.end(JSON.stringify(body))
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { data, errors = [] } = JSON.parse(await text(incoming)) as Partial<Answer<T>>
  return { data, errors }
}
