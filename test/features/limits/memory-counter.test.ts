import { expect, it } from 'vitest'
import { createMemoryCounter } from '../../../src/features/limits/memory-counter.js'

const windowMs = 60_000
let time = Date.UTC(2026, 0, 1)
const clock = { now: () => new Date(time) }

it('grants the budget in any window and reports when the next attempt is granted', async () => {
  const counter = createMemoryCounter({ clock })
  let granted: number[] = []
  for (let i = 0; i < 5_000; i += 1) {
    time += (i * 7_919) % 5_000
    granted = granted.filter((at) => at > time - windowMs)
    const taken = await counter.reserve('somebody', { max: 20, windowMs })
    expect(taken).toMatchObject({ granted: granted.length < 20, used: granted.length })
    if (taken.granted) granted.push(time)
    expect(taken.resetMs).toBe((granted[0] ?? 0) + windowMs - time)
  }
})

it('a client waits one window at most after the clock is set back', async () => {
  const counter = createMemoryCounter({ clock })
  const take = () => counter.reserve('somebody', { max: 3, windowMs })
  for (let i = 0; i < 3; i += 1) await take()
  time -= 24 * 60 * windowMs
  expect(await take()).toEqual({ granted: false, used: 3, resetMs: windowMs })
  time += windowMs
  expect(await take()).toMatchObject({ granted: true, used: 0 })
})

it('an attempt after 100,000 others costs the same as after 100', async () => {
  const counter = createMemoryCounter({ clock })
  const timeAttempts = async (key: string, attempts: number) => {
    const start = performance.now()
    for (let i = 0; i < attempts; i += 1) await counter.reserve(key, { max: 1_000_000, windowMs })
    return performance.now() - start
  }
  await timeAttempts('everybody', 100_000)
  // The minimum of many alternating runs: other load only adds time, and slows both variants alike.
  let earlyMs = Infinity
  let lateMs = Infinity
  for (let i = 0; i < 50; i += 1) {
    await timeAttempts(`newcomer ${i}`, 100)
    earlyMs = Math.min(earlyMs, await timeAttempts(`newcomer ${i}`, 200))
    lateMs = Math.min(lateMs, await timeAttempts('everybody', 200))
  }
  expect(lateMs).toBeLessThan(earlyMs * 20) // copying the log at each attempt takes about 100 times as long
})
