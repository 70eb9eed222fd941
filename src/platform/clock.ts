/** Where "now" comes from. Handed to whatever depends on time, so that tests move a hand, not wait. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

export const after = (time: Date, milliseconds: number) => new Date(time.getTime() + milliseconds)

export const seconds = (time: Date) => Math.floor(time.getTime() / 1000)
