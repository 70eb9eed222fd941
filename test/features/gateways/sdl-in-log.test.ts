import { afterAll, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { call } from '../../support/app/client.js'

const app = await startApp({ env: { STITCHING: 'on' } })
afterAll(app.close)

it('a small request for the schema does not cause a long log line', async () => {
  const { data } = await call<{ a: string; b: string }, object>(app, '{ a: _sdl b: _sdl }', {})
  expect(data?.a.length).toBeGreaterThan(5_000)
  const line = app.logLines.findLast((one) => one.includes('_sdl')) ?? ''
  expect(JSON.parse(line)).toMatchObject({ outcomes: ['_sdl String', '_sdl String'] })
  expect(line.length).toBeLessThan(1_000)
})
