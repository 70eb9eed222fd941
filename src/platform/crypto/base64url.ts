/**
 * Whether the text is the canonical encoding of its bytes (RFC 4648 §3.3, §3.5). Decoders ignore padding, white space
 * and trailing bits. Without this check, a signature has many spellings, and a refused token could return in another
 * spelling.
 */
export const isCanonicalBase64url = (text: string) =>
  Buffer.from(text, 'base64url').toString('base64url') === text
