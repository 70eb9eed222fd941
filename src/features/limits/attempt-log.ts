/**
 * The times of attempts in a sliding window, earliest first. Each is appended once and dropped once, so that an
 * attempt costs the same whether a hundred came before it or a hundred thousand.
 */
export class AttemptLog {
  #timesMs: number[] = []
  #droppedCount = 0

  get length() {
    return this.#timesMs.length - this.#droppedCount
  }

  /** The time of the attempt that stands there: 0 is the earliest, -1 the latest. */
  at(index: number): number | undefined {
    if (index < -this.length) return undefined
    return this.#timesMs.at(index < 0 ? index : this.#droppedCount + index)
  }

  add(timeMs: number) {
    this.#timesMs.push(timeMs)
  }

  dropUntil(timeMs: number) {
    while ((this.#timesMs[this.#droppedCount] ?? Infinity) <= timeMs) this.#droppedCount++
    if (this.#droppedCount <= this.#timesMs.length / 2) return
    this.#timesMs = this.#timesMs.slice(this.#droppedCount)
    this.#droppedCount = 0
  }

  /** Clocks may be set back: what was to come counts from now on, not for an hour too long. */
  clampTo(timeMs: number) {
    if ((this.at(-1) ?? timeMs) > timeMs)
      this.#timesMs = this.#timesMs.map((at) => Math.min(at, timeMs))
  }
}
