import { expect, it } from 'vitest'
import { createMemoryCounter } from '../../../src/features/limits/memory-counter.js'

const window = 60_000
let time = Date.UTC(2026, 0, 1)
const clock = { now: () => new Date(time) }

it('grants as many as the budget in any window, and says when the next one is', async () => {
  const counter = createMemoryCounter({ clock })
  let granted: number[] = []
  for (let i = 0; i < 5_000; i += 1) {
    time += (i * 7_919) % 5_000
    granted = granted.filter((at) => at > time - window)
    const taken = await counter.take('somebody', { max: 20, window })
    expect(taken).toMatchObject({ granted: granted.length < 20, used: granted.length })
    if (taken.granted) granted.push(time)
    expect(taken.reset).toBe((granted[0] ?? 0) + window - time)
  }
})

it('nobody waits longer than a window because the clock was set back', async () => {
  const counter = createMemoryCounter({ clock })
  const take = () => counter.take('somebody', { max: 3, window })
  for (let i = 0; i < 3; i += 1) await take()
  time -= 24 * 60 * window
  expect(await take()).toEqual({ granted: false, used: 3, reset: window })
  time += window
  expect(await take()).toMatchObject({ granted: true, used: 0 })
})

it('an attempt costs the same after a hundred thousand as after a hundred', async () => {
  const counter = createMemoryCounter({ clock })
  const timed = async (key: string, attempts: number) => {
    const start = performance.now()
    for (let i = 0; i < attempts; i += 1) await counter.take(key, { max: 1_000_000, window })
    return performance.now() - start
  }
  await timed('everybody', 100_000)
  // The quickest of many, in turns: a busy machine only adds to a time, and slows both down alike.
  let early = Infinity
  let late = Infinity
  for (let i = 0; i < 50; i += 1) {
    await timed(`newcomer ${i}`, 100)
    early = Math.min(early, await timed(`newcomer ${i}`, 200))
    late = Math.min(late, await timed('everybody', 200))
  }
  expect(late).toBeLessThan(early * 20) // when each was copied, it was a hundred times as much
})
