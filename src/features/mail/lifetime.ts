const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** What is left of a link's life, as people say it: in whole days or hours, in minutes towards the end. */
export function inRoundUnits(milliseconds: number) {
  const unit = [day, hour].find((each) => milliseconds > 2 * each) ?? minute
  return Math.max(minute, Math.round(milliseconds / unit) * unit)
}
