const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** What is left of a link's life, as people say it: in whole days or hours, in minutes towards the end. */
export function roundLifetimeMs(lifetimeMs: number) {
  const unitMs = [dayMs, hourMs].find((candidateMs) => lifetimeMs > 2 * candidateMs) ?? minuteMs
  return Math.max(minuteMs, Math.round(lifetimeMs / unitMs) * unitMs)
}
