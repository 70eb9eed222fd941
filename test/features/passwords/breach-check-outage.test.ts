import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it, onTestFinished, test } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, failure, newEmail, succeeded } from '../../support/app/client.js'
import {
  breached,
  healthy,
  listed,
  startRangeApi,
  suffixOf,
  type Behaviour,
} from '../../support/hostile/range-api.js'
import { freePort } from '../../support/processes/server-process.js'

const range = await startRangeApi()
const app = await startApp({ env: { PASSWORD_BREACH_CHECK: range.url } })
afterAll(async () => {
  await app.close()
  range.close()
})
const { asked } = range

beforeEach(() => {
  app.clock.advance('2h') // what was remembered is over
  range.answerWith(healthy)
  asked.length = 0
})

async function register(password: string, server = app) {
  const input = { email: newEmail(), password }
  const { data } = await call(server, RegisterDocument, { input })
  return data?.register
}

const complaints = (server = app) =>
  server.logLines.filter((line) => line.includes('not checked for breaches'))

const flood: Behaviour = (_, response) => {
  const line = `${'A'.repeat(35)}:1\r\n`.repeat(1_000)
  const pour = () => {
    while (!response.destroyed && response.write(line));
    if (!response.destroyed) response.once('drain', pour)
  }
  pour()
}
const drip: Behaviour = (_, response) => {
  const timer = setInterval(() => response.write(`${suffixOf(breached)}:37\r\n`), 50)
  response.once('close', () => {
    clearInterval(timer)
  })
}
const bomb = gzipSync(Buffer.alloc(100_000_000, `${suffixOf('another')}:1\r\n`), { level: 1 })

describe('when the API does not answer as it should', () => {
  test.each<[string, Behaviour]>([
    ['it breaks off', (request) => request.socket.destroy()],
    ['500', (_, response) => response.writeHead(500).end(listed.join('\r\n'))],
    ['404', (_, response) => response.writeHead(404).end(listed.join('\r\n'))],
    ['429', (_, response) => response.writeHead(429, { 'retry-after': '2' }).end()],
    ['nothing', (_, response) => response.end()],
    ['HTML', (_, response) => response.end(`<html>${listed[0]}</html>`)],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/range/00000' }).end()],
    ['a body without end', flood],
    [
      'a body that unpacks to 100 MB',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    ],
    ['a body that drips', drip],
    ['silence', () => undefined],
  ])('the password is taken, and the log says so once: %s', async (_, behaviour) => {
    range.answerWith(behaviour)
    const before = complaints().length
    const start = performance.now()
    succeeded(await register(breached))
    expect(performance.now() - start).toBeLessThan(3_000)
    expect(asked).toHaveLength(1) // a redirect would be a second

    app.clock.advance('29s')
    range.answerWith(healthy)
    succeeded(await register(breached))
    expect(asked).toHaveLength(1)
    const said = complaints().slice(before)
    expect(said).toHaveLength(1)
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ level: 'warn' })
    expect(said[0]).not.toContain(suffixOf(breached))

    app.clock.advance('2s')
    expect(failure(await register(breached)).passwordProblems).toEqual(['BREACHED'])
    expect(asked).toHaveLength(2)
    expect(complaints()).toHaveLength(before + 1)
  })

  it('and when nobody is there', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}/range/`
    const alone = await startApp({ env: { PASSWORD_BREACH_CHECK: nobody } })
    onTestFinished(alone.close)
    succeeded(await register(breached, alone))
    succeeded(await register(breached, alone))
    expect(complaints(alone)).toHaveLength(1)
    alone.clock.advance('31s')
    succeeded(await register(breached, alone))
    expect(complaints(alone)).toHaveLength(2)
  })
})
