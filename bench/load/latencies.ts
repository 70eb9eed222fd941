import type { LatencySummary } from './plan.js'

/** Records durations without allocating memory for each. */
export function createLatencyRecorder() {
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

    summary(): LatencySummary {
      const sorted = values.slice(0, count).sort()
      const quantile = (fraction: number) =>
        sorted[Math.min(count - 1, Math.floor(count * fraction))] ?? NaN
      return { count, p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) }
    },
  }
}
