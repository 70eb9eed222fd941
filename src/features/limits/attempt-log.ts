/**
 * The times of attempts in a sliding window, earliest first. Each time is appended once and dropped once, so an attempt
 * costs the same after 100 others as after 100,000.
 */
export class AttemptLog {
  #timesMs: number[] = []
  #droppedCount = 0

  get length() {
    return this.#timesMs.length - this.#droppedCount
  }

  /** The time of one attempt: index 0 is the earliest, -1 the latest. */
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

  /** If the clock was set back, future times count from now on. Otherwise they would stay in the window too long. */
  clampTo(timeMs: number) {
    if ((this.at(-1) ?? timeMs) > timeMs)
      this.#timesMs = this.#timesMs.map((at) => Math.min(at, timeMs))
  }
}
