const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Rounds the remaining lifetime of a link for people: to whole days or hours, and to minutes near the end. */
export function roundLifetimeMs(lifetimeMs: number) {
  const unitMs = [dayMs, hourMs].find((candidateMs) => lifetimeMs > 2 * candidateMs) ?? minuteMs
  return Math.max(minuteMs, Math.round(lifetimeMs / unitMs) * unitMs)
}
