import { randomBytes } from 'node:crypto'

/** Returns `size` unpredictable bytes. Passed as an argument, like time, so that tests can replace it. */
export type Random = (size: number) => Buffer

export const systemRandom: Random = (size) => randomBytes(size)
