// A client that resets its connection right after the request has no address when the server reads it. If all such
// clients shared one network, an attacker could share the known address, the budgets and the sessions of an account's
// owner.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { print } from 'graphql'
import { RegisterDocument } from '@latchkey/client/operations'
import type { TestApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, getAuthPayload } from '../support/app/client.js'
import { forwardedFor, startRateLimitedApp } from '../support/app/rate-limits.js'
import { readAllRows } from '../support/database/all-rows.js'

/** The bytes of a registration, with only `length` bytes of its body. */
function registrationRequest(headers: string, length = Infinity) {
  const input = { email: newEmail(), password: goodPassword }
  const body = JSON.stringify({ query: print(RegisterDocument), variables: { input } })
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
  return `${head}${headers}content-length: ${body.length}\r\n\r\n${body.slice(0, length)}`
}

async function openSocket({ url }: TestApp) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const httpServer = ({ app }: TestApp) => app.server.server

const countConnections = (app: TestApp) =>
  new Promise<number>((resolve, reject) => {
    httpServer(app).getConnections((error, count) => {
      if (error) reject(error)
      else resolve(count)
    })
  })

/** The addresses in the log, in the order of its lines. */
const ipsInLog = (app: TestApp) =>
  app.logLines.flatMap((line) => {
    const entry = JSON.parse(line) as { msg: string; ip?: string }
    return entry.msg === 'request' || entry.msg === 'the client disconnected' ? [entry.ip] : []
  })

describe.each([
  ['no proxy', '0', '', '127.0.0.1'],
  ['a number of proxies', '1', 'x-forwarded-for: 198.51.100.7\r\n', '198.51.100.7'],
  ['the address of the proxy', '127.0.0.1', 'x-forwarded-for: 198.51.100.7\r\n', '198.51.100.7'],
])('with %s', async (_, TRUST_PROXY, headers, ip) => {
  const app = await startRateLimitedApp({ env: { TRUST_PROXY } })
  afterAll(app.close)

  it('a request whose connection is reset at once has its client’s address or is discarded', async () => {
    for (let i = 0; i < 8; i += 1) {
      const socket = await openSocket(app)
      socket.write(registrationRequest(headers), () => socket.resetAndDestroy())
      await once(socket, 'close')
    }
    await expect.poll(() => countConnections(app)).toBe(0)
    // The server finishes requests of disconnected clients. Their hashes come before the hash of this registration.
    const input = { email: newEmail(), password: goodPassword }
    const last = await call(app, RegisterDocument, { input }, { headers: forwardedFor(ip) })
    getAuthPayload(last.data?.register)

    const rows = await readAllRows(app)
    expect(rows.filter((row) => row.includes('unknown'))).toEqual([])
    for (const { ipAddress } of await app.db.session.findMany()) expect(ipAddress).toBe(ip)
    for (const { network } of await app.db.knownAddress.findMany()) expect(network).toBe(ip)
  })

  it('the log names the address of a client that hung up before its request was complete', async () => {
    const socket = await openSocket(app)
    const arrived = once(httpServer(app), 'request')
    socket.write(registrationRequest(headers, 10))
    await arrived
    const before = app.logLines.length
    socket.resetAndDestroy()
    await expect.poll(() => app.logLines.length).toBeGreaterThan(before)
    expect(app.logLines.at(-1)).toContain('the client disconnected')
    expect(new Set(ipsInLog(app))).toEqual(new Set([ip]))
  })
})
