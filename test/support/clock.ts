import type { Clock } from '../../src/platform/clock.js'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The real time, moved forward by hand: tests wait for nothing. */
export class TestClock implements Clock {
  #offset = 0

  now() {
    return new Date(Date.now() + this.#offset)
  }

  /** For example `advance('31s')`; the time keeps running from there. */
  advance(span: `${number}${keyof typeof units}`) {
    const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(span) ?? []
    this.#offset += Number(amount) * units[unit as keyof typeof units]
  }
}
