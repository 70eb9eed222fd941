import type { Times } from './plan.js'

/** Collects durations without making garbage for each. */
export function createTimes() {
  let values = new Float64Array(65_536)
  let count = 0

  return {
    add(duration: number) {
      if (count === values.length) {
        const larger = new Float64Array(count * 2)
        larger.set(values)
        values = larger
      }
      values[count] = duration
      count += 1
    },

    summary(): Times {
      const sorted = values.slice(0, count).sort()
      const at = (q: number) => sorted[Math.min(count - 1, Math.floor(count * q))] ?? NaN
      return { count, p50: at(0.5), p99: at(0.99), max: at(1) }
    },
  }
}
