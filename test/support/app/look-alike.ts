import type { Answer } from './client.js'

/** Random, or the time of the answer itself: both are in every answer. */
const differsAlways = new Set(['date', 'x-request-id'])

/** All that a client sees of an answer, but for the address that it sent itself. */
export const seenBy = ({ status, headers, text }: Answer<unknown>, address = '') => ({
  status,
  told: [...headers].filter(([name]) => !differsAlways.has(name)),
  text: address === '' ? text : text.replaceAll(address, '<address>'),
})
