/**
 * The times of attempts in a sliding window, earliest first. Each is appended once and dropped once, so that an
 * attempt costs the same whether a hundred came before it or a hundred thousand.
 */
export class AttemptLog {
  #times: number[] = []
  #dropped = 0

  get length() {
    return this.#times.length - this.#dropped
  }

  /** The time of the attempt that stands there: 0 is the earliest, -1 the latest. */
  at(index: number): number | undefined {
    if (index < -this.length) return undefined
    return this.#times.at(index < 0 ? index : this.#dropped + index)
  }

  add(time: number) {
    this.#times.push(time)
  }

  dropUntil(time: number) {
    while ((this.#times[this.#dropped] ?? Infinity) <= time) this.#dropped++
    if (this.#dropped <= this.#times.length / 2) return
    this.#times = this.#times.slice(this.#dropped)
    this.#dropped = 0
  }

  /** Clocks may be set back: what was to come counts from now on, not for an hour too long. */
  noneAfter(time: number) {
    if ((this.at(-1) ?? time) > time) this.#times = this.#times.map((at) => Math.min(at, time))
  }
}
