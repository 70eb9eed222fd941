import type { Answer } from './client.js'

/** Random, or the time of the response; every response has both. */
const volatileHeaders = new Set(['date', 'x-request-id'])

/** All that a client sees of a response, except the address that it sent itself. */
export const clientViewOf = ({ status, headers, text }: Answer<unknown>, email = '') => ({
  status,
  headers: [...headers].filter(([name]) => !volatileHeaders.has(name)),
  text: email === '' ? text : text.replaceAll(email, '<address>'),
})
