// A client that resets its connection right after the request has no address any more when the server looks. If all of
// those counted as one place, a stranger could share the known address, the budgets and the sessions of an account's owner.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { print } from 'graphql'
import { RegisterDocument } from '@latchkey/client/operations'
import type { TestApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, succeeded } from '../support/app/client.js'
import { forwarded, startLimitedApp } from '../support/app/limits.js'
import { allRows } from '../support/database/remains.js'

/** The bytes of a registration; `length` of its body is sent. */
function registration(headers: string, length = Infinity) {
  const input = { email: newEmail(), password: goodPassword }
  const body = JSON.stringify({ query: print(RegisterDocument), variables: { input } })
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
  return `${head}${headers}content-length: ${body.length}\r\n\r\n${body.slice(0, length)}`
}

async function open({ url }: TestApp) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const http = ({ app }: TestApp) => app.server.server

const connections = (app: TestApp) =>
  new Promise<number>((resolve, reject) => {
    http(app).getConnections((error, count) => {
      if (error) reject(error)
      else resolve(count)
    })
  })

/** The addresses that the log has, in the order of its lines. */
const addressesIn = (app: TestApp) =>
  app.logLines.flatMap((line) => {
    const entry = JSON.parse(line) as { msg: string; ip?: string }
    return entry.msg === 'request' || entry.msg === 'the client hung up' ? [entry.ip] : []
  })

describe.each([
  ['no proxy', '0', '', '127.0.0.1'],
  ['a number of proxies', '1', 'x-forwarded-for: 198.51.100.7\r\n', '198.51.100.7'],
  ['the address of the proxy', '127.0.0.1', 'x-forwarded-for: 198.51.100.7\r\n', '198.51.100.7'],
])('with %s', async (_, TRUST_PROXY, headers, address) => {
  const app = await startLimitedApp({ env: { TRUST_PROXY } })
  afterAll(app.close)

  it('a request whose connection is reset at once has its client’s address, or is none', async () => {
    for (let i = 0; i < 8; i += 1) {
      const socket = await open(app)
      socket.write(registration(headers), () => socket.resetAndDestroy())
      await once(socket, 'close')
    }
    await expect.poll(() => connections(app)).toBe(0)
    // A request goes on after its client has gone: this one is hashed after those before it.
    const input = { email: newEmail(), password: goodPassword }
    const last = await call(app, RegisterDocument, { input }, { headers: forwarded(address) })
    succeeded(last.data?.register)

    const rows = await allRows(app)
    expect(rows.filter((row) => row.includes('unknown'))).toEqual([])
    for (const { ipAddress } of await app.db.session.findMany()) expect(ipAddress).toBe(address)
    for (const { network } of await app.db.knownAddress.findMany()) expect(network).toBe(address)
  })

  it('the log names the address of a client that hung up before its request was whole', async () => {
    const socket = await open(app)
    const arrived = once(http(app), 'request')
    socket.write(registration(headers, 10))
    await arrived
    const before = app.logLines.length
    socket.resetAndDestroy()
    await expect.poll(() => app.logLines.length).toBeGreaterThan(before)
    expect(app.logLines.at(-1)).toContain('the client hung up')
    expect(new Set(addressesIn(app))).toEqual(new Set([address]))
  })
})
