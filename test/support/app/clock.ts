import type { SystemClock } from '../../../src/platform/clock.js'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The real time, moved forward by hand: tests wait for nothing. */
export class TestClock implements SystemClock {
  #offset = 0

  now() {
    return new Date(Date.now() + this.#offset)
  }

  /** The database's clock keeps the real time: this moves it along. */
  get databaseOffsetMs() {
    return this.now().getTime() - Date.now()
  }

  monotonicMs() {
    return this.now().getTime()
  }

  /** For example `advance('31s')`; the time keeps running from there. */
  advance(span: `${number}${keyof typeof units}`) {
    const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(span) ?? []
    this.#offset += Number(amount) * units[unit as keyof typeof units]
  }
}

/** The clock of a replica that is wrong. The database's clock, which all replicas share, is right. */
export class WrongClock extends TestClock {
  errorMs = 0

  override now() {
    return new Date(super.now().getTime() + this.errorMs)
  }

  override get databaseOffsetMs() {
    return super.databaseOffsetMs - this.errorMs
  }
}
