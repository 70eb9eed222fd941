import type { Answer } from './client.js'

/** Random, or the time of the answer itself: both are in every answer. */
const volatileHeaders = new Set(['date', 'x-request-id'])

/** All that a client sees of an answer, but for the address that it sent itself. */
export const clientViewOf = ({ status, headers, text }: Answer<unknown>, email = '') => ({
  status,
  headers: [...headers].filter(([name]) => !volatileHeaders.has(name)),
  text: email === '' ? text : text.replaceAll(email, '<address>'),
})
