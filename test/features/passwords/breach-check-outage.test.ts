import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it, onTestFinished, test } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, getAuthError, newEmail, getAuthPayload } from '../../support/app/client.js'
import {
  breachedPassword,
  respondNormally,
  rangeEntries,
  startRangeApi,
  hashSuffixOf,
  type Behaviour,
} from '../../support/hostile/range-api.js'
import { freePort } from '../../support/processes/server-process.js'

const rangeApi = await startRangeApi()
const app = await startApp({ env: { PASSWORD_BREACH_CHECK: rangeApi.url } })
afterAll(async () => {
  await app.close()
  rangeApi.close()
})
const { asked } = rangeApi

beforeEach(() => {
  app.clock.advance('2h') // what was remembered is over
  rangeApi.setBehaviour(respondNormally)
  asked.length = 0
})

async function register(password: string, server = app) {
  const input = { email: newEmail(), password }
  const { data } = await call(server, RegisterDocument, { input })
  return data?.register
}

const warnings = (server = app) =>
  server.logLines.filter((line) => line.includes('not checked for breaches'))

const flood: Behaviour = (_, response) => {
  const line = `${'A'.repeat(35)}:1\r\n`.repeat(1_000)
  const writeMore = () => {
    while (!response.destroyed && response.write(line));
    if (!response.destroyed) response.once('drain', writeMore)
  }
  writeMore()
}
const drip: Behaviour = (_, response) => {
  const timer = setInterval(() => response.write(`${hashSuffixOf(breachedPassword)}:37\r\n`), 50)
  response.once('close', () => {
    clearInterval(timer)
  })
}
const bomb = gzipSync(Buffer.alloc(100_000_000, `${hashSuffixOf('another')}:1\r\n`), { level: 1 })

describe('when the API does not answer as it should', () => {
  test.each<[string, Behaviour]>([
    ['it breaks off', (request) => request.socket.destroy()],
    ['500', (_, response) => response.writeHead(500).end(rangeEntries.join('\r\n'))],
    ['404', (_, response) => response.writeHead(404).end(rangeEntries.join('\r\n'))],
    ['429', (_, response) => response.writeHead(429, { 'retry-after': '2' }).end()],
    ['nothing', (_, response) => response.end()],
    ['HTML', (_, response) => response.end(`<html>${rangeEntries[0]}</html>`)],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/range/00000' }).end()],
    ['a body without end', flood],
    [
      'a body that unpacks to 100 MB',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    ],
    ['a body that drips', drip],
    ['silence', () => undefined],
  ])('the password is taken, and the log says so once: %s', async (_, behaviour) => {
    rangeApi.setBehaviour(behaviour)
    const before = warnings().length
    const start = performance.now()
    getAuthPayload(await register(breachedPassword))
    expect(performance.now() - start).toBeLessThan(3_000)
    expect(asked).toHaveLength(1) // a redirect would be a second

    app.clock.advance('29s')
    rangeApi.setBehaviour(respondNormally)
    getAuthPayload(await register(breachedPassword))
    expect(asked).toHaveLength(1)
    const newWarnings = warnings().slice(before)
    expect(newWarnings).toHaveLength(1)
    expect(JSON.parse(newWarnings[0] ?? '')).toMatchObject({ level: 'warn' })
    expect(newWarnings[0]).not.toContain(hashSuffixOf(breachedPassword))

    app.clock.advance('2s')
    expect(getAuthError(await register(breachedPassword)).passwordProblems).toEqual(['BREACHED'])
    expect(asked).toHaveLength(2)
    expect(warnings()).toHaveLength(before + 1)
  })

  it('and when nobody is there', async () => {
    const unusedUrl = `http://127.0.0.1:${await freePort()}/range/`
    const alone = await startApp({ env: { PASSWORD_BREACH_CHECK: unusedUrl } })
    onTestFinished(alone.close)
    getAuthPayload(await register(breachedPassword, alone))
    getAuthPayload(await register(breachedPassword, alone))
    expect(warnings(alone)).toHaveLength(1)
    alone.clock.advance('31s')
    getAuthPayload(await register(breachedPassword, alone))
    expect(warnings(alone)).toHaveLength(2)
  })
})
