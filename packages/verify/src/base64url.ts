/**
 * Whether this is the one spelling of its bytes (RFC 4648 §3.3, §3.5). Decoders skip padding, white space and the last
 * bits: without the check one signature has many spellings, and a token refused by its text comes back as another.
 */
export const isCanonicalBase64url = (text: string) =>
  Buffer.from(text, 'base64url').toString('base64url') === text
