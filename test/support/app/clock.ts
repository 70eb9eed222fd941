import type { SystemClock } from '../../../src/platform/clock.js'

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The real time, moved forward by hand, so that tests need not wait. */
export class TestClock implements SystemClock {
  #offsetMs = 0

  now() {
    return new Date(Date.now() + this.#offsetMs)
  }

  /** The database's clock keeps the real time; this offset corrects it. */
  get databaseOffsetMs() {
    return this.now().getTime() - Date.now()
  }

  monotonicMs() {
    return this.now().getTime()
  }

  /** For example `advance('31s')`; the time continues from there. */
  advance(duration: `${number}${keyof typeof unitMs}`) {
    const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? []
    this.#offsetMs += Number(amount) * unitMs[unit as keyof typeof unitMs]
  }
}

/** The clock of a replica that is wrong. The database's clock, which all replicas share, is right. */
export class SkewedClock extends TestClock {
  skewMs = 0

  override now() {
    return new Date(super.now().getTime() + this.skewMs)
  }

  override get databaseOffsetMs() {
    return super.databaseOffsetMs - this.skewMs
  }
}
