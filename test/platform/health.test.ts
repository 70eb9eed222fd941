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

  it('/readyz: so does its database', async () => {
    expect(await ask(app, '/readyz')).toEqual({ status: 200, body: { status: 'ready', ...redis } })
  })

  it('without its database it is alive and not ready, and says no more', async () => {
    const broken = await startApp()
    onTestFinished(broken.close)
    await broken.app.services.database.close()
    expect(await ask(broken, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await ask(broken, '/readyz')).toEqual({
      status: 503,
      body: { status: 'not ready', ...redis },
    })
  })

  it('is asked for every few seconds, and leaves no line in a log at its usual level', async () => {
    const { length } = app.logLines
    await ask(app, '/healthz')
    await ask(app, '/readyz')
    const levels = app.logLines
      .slice(length)
      .map((line) => (JSON.parse(line) as { level: string }).level)
    expect(levels).toEqual(['debug', 'debug'])
  })
})
