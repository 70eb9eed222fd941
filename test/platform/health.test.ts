import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from '../support/app/app.js'
import { hasRedis } from '../support/processes/redis-server.js'

const redis = hasRedis ? { redis: 'up' } : {}
const app = await startApp()
afterAll(app.close)

async function ask({ url }: { url: string }, path: string) {
  const response = await fetch(url + path)
  return { status: response.status, body: (await response.json()) as unknown }
}

describe('health', () => {
  it('/healthz: the process answers', async () => {
    expect(await ask(app, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
  })

  it('/readyz: the process and its database answer', async () => {
    expect(await ask(app, '/readyz')).toEqual({ status: 200, body: { status: 'ready', ...redis } })
  })

  it('is alive and not ready without its database, and reveals no more', async () => {
    const broken = await startApp()
    onTestFinished(broken.close)
    await broken.app.services.database.close()
    expect(await ask(broken, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await ask(broken, '/readyz')).toEqual({
      status: 503,
      body: { status: 'not ready', ...redis },
    })
  })

  it('is requested every few seconds without a log entry at the usual level', async () => {
    const { length } = app.logLines
    await ask(app, '/healthz')
    await ask(app, '/readyz')
    const levels = app.logLines
      .slice(length)
      .map((line) => (JSON.parse(line) as { level: string }).level)
    expect(levels).toEqual(['debug', 'debug'])
  })
})
