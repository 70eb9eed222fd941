import { setFlagsFromString } from 'node:v8'

/**
 * Collects garbage when the heap is a quarter larger than what was in use. Left alone, V8 lets it grow to the
 * fourfold where the machine has memory: 310 MB under load, for a throughput within what one server differs from itself.
 * (With the young generation of `npm start`, which can be set on the command line alone, it is 140 MB.)
 */
export const keepHeapSmall = () => {
  setFlagsFromString('--heap-growing-percent=25')
}
