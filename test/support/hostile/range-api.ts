import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => unknown

export const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
export const hashPrefixOf = (password: string) => sha1(password).slice(0, 5)
export const hashSuffixOf = (password: string) => sha1(password).slice(5)

export const breachedPassword = 'tr0ub4dor and 3'
export const paddedPassword = 'padding is no breach'

/** The entries of the API, the same in every range. */
export const rangeEntries = [
  `${hashSuffixOf('somebody else’s')}:2`,
  `${hashSuffixOf(breachedPassword)}:37`,
  `${hashSuffixOf(paddedPassword)}:0`,
]

export const respondNormally: Behaviour = (_, response) => response.end(rangeEntries.join('\r\n'))

/** A range API such as Pwned Passwords. Records its requests, and answers as the test says. */
export async function startRangeApi() {
  const requests: string[] = []
  let behave = respondNormally
  const server = createServer((request, response) => {
    const { method = '', url = '', rawHeaders } = request
    requests.push([method, url, ...rawHeaders].join('\n'))
    behave(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/range/`,
    asked: requests,
    setBehaviour: (behaviour: Behaviour) => {
      behave = behaviour
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
