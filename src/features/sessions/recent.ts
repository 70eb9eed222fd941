import { after } from '../../platform/clock.js'

// Milliseconds: long enough to fill in a form.
const recently = 10 * 60_000

/** Whether the person proved presence lately enough for what cannot be undone (ASVS 7.5.1). */
export const isRecent = (authenticatedAt: Date, now: Date) =>
  authenticatedAt > after(now, -recently)
