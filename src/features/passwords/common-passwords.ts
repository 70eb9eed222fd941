import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

// 40 bits: of a million good passwords less than one is refused by chance, and an entry takes 5 bytes.
const digestBytes = 5

/**
 * The digest under which a password is listed, in lower case and NFC.
 *
 * @internal Exported for the script that writes the list.
 */
export const digestOf = (password: string) =>
  hash('sha256', password.normalize('NFC').toLowerCase(), 'buffer').subarray(0, digestBytes)

const listUrl = new URL('./common-passwords.bin', import.meta.url)
let loading: Promise<Buffer> | undefined

/**
 * Whether a password is among 640,000 leaked ones, in any case (ASVS 5.0 6.2.4). The first call reads the list, 3 MB:
 * a server on which nobody sets a password does without it.
 */
export async function isInCommonList(password: string): Promise<boolean> {
  const list = await (loading ??= readFile(listUrl))
  return includes(list, digestOf(password))
}

/** Binary search: the digests are sorted and follow each other without separators. */
function includes(list: Buffer, digest: Buffer): boolean {
  let low = 0
  let high = list.length / digestBytes
  while (low < high) {
    const middle = (low + high) >>> 1
    const start = middle * digestBytes
    const order = digest.compare(list, start, start + digestBytes)
    if (order === 0) return true
    if (order < 0) high = middle
    else low = middle + 1
  }
  return false
}
