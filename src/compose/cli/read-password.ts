import { once } from 'node:events'
import type { Readable } from 'node:stream'

export type PasswordInput =
  | { readonly kind: 'given'; readonly password: string }
  /** Nothing was piped. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly problem: string }

// Bytes; the longest password has 1,024.
const maxBytes = 64 * 1024

// Milliseconds to wait for the first byte of a pipe, which may never come.
const firstByteTimeoutMs = 5_000

/**
 * Reads the password from standard input. Without the flag, reads only piped input that starts within 5 s. With the
 * flag, waits until the input ends.
 */
export async function readPassword(
  input: Readable & { readonly isTTY?: boolean },
  { isExpected }: { isExpected: boolean },
): Promise<PasswordInput> {
  if (!isExpected && (input.isTTY || !(await hasData(input)))) return { kind: 'none' }
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of input) {
    chunks.push(chunk as Buffer)
    sizeBytes += (chunk as Buffer).length
    if (sizeBytes > maxBytes) return refused('is too long')
  }
  return decode(Buffer.concat(chunks))
}

/** False when the input ends without a byte, or when nothing arrives within five seconds. */
async function hasData(input: Readable) {
  const signal = AbortSignal.timeout(firstByteTimeoutMs)
  try {
    await once(input, 'readable', { signal })
  } catch {
    return false // nothing came, or there is no standard input
  }
  return input.readableLength > 0
}

/** Decodes strictly: if the CLI decoded bytes differently from a sign-in form, the user could never sign in. */
function decode(bytes: Buffer): PasswordInput {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes) // without the byte order mark
  } catch {
    return refused(notUtf8)
  }
  if (text.includes('\0')) return refused(notUtf8) // ASCII in UTF-16
  const password = text.replace(/(?:\r\n|\n|\r)$/, '')
  if (password === '') return refused('is empty')
  return /[\r\n]/.test(password) ? refused('has more than one line') : { kind: 'given', password }
}

const notUtf8 =
  'is not UTF-8: convert it, for example with `iconv -t UTF-8` (PowerShell: $OutputEncoding = [Text.Encoding]::UTF8)'

const refused = (problem: string): PasswordInput => ({
  kind: 'refused',
  problem: `The password on standard input ${problem}.`,
})
