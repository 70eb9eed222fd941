import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

// 40 bits: false positives are below one in a million passwords. An entry takes 5 bytes.
const digestBytes = 5

/**
 * The digest of a listed password, in lower case and NFC.
 *
 * @internal Exported for the script that writes the list.
 */
export const digestOf = (password: string) =>
  hash('sha256', password.normalize('NFC').toLowerCase(), 'buffer').subarray(0, digestBytes)

const listUrl = new URL('./common-passwords.bin', import.meta.url)
let loading: Promise<Buffer> | undefined

/**
 * Whether a password is among 640,000 leaked ones, ignoring case (ASVS 5.0 6.2.4). The first call loads the list (3
 * MB), so a server that sets no passwords never loads it.
 */
export async function isInCommonList(password: string): Promise<boolean> {
  const list = await (loading ??= readFile(listUrl))
  return includes(list, digestOf(password))
}

/** Binary search: the digests are sorted and stored without separators. */
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
