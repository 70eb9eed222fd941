import { setFlagsFromString } from 'node:v8'

/**
 * Collects garbage when the heap is a quarter larger than what was in use. Left alone, V8 lets it grow to the
 * fourfold where the machine has memory: 210 MB under load, for a throughput within what one server differs from itself.
 * (With the young generation of `npm start`, which can be set on the command line alone, it is 140 MB.)
 */
export const keepHeapSmall = () => {
  setFlagsFromString('--heap-growing-percent=25')
}

/**
 * What is made anew for each request is made among what is young. V8 learns where in a program things that live long are
 * made, and makes them among what is old at once: here, in about half of all processes, Node's list of those who listen to the
 * end of an answer. Dead, each list then kept its whole request until the next full collection, of which there were five a
 * second: `me` cost one and a half times as much, for as long as the process lived.
 */
export const keepRequestsYoung = () => {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
