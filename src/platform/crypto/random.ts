import { randomBytes } from 'node:crypto'

/** Chance as an argument, like time: `size` bytes that nobody can predict. */
export type Random = (size: number) => Buffer

export const systemRandom: Random = (size) => randomBytes(size)
