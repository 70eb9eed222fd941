export interface Argon2Parameters {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
}

const argon2id =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d{0,2}),p=([1-9]\d{0,2})\$([A-Za-z\d+/]{11,64})\$([A-Za-z\d+/]{22,86})$/

/**
 * The parameters of an Argon2id hash, in the one spelling that every library writes and all of them read alike
 * (PHC string format: no leading zeros, no padding, no stray bits); null for everything else.
 */
export function parametersOf(text: string): Argon2Parameters | null {
  const [, memory, iterations, parallelism, salt = '', tag = ''] = argon2id.exec(text) ?? []
  const made = {
    memoryKib: Number(memory),
    iterations: Number(iterations),
    parallelism: Number(parallelism),
  }
  const isHash = made.memoryKib >= 8 * made.parallelism && isCanonical(salt) && isCanonical(tag)
  return isHash ? made : null
}

/** What no password has, at the cost of one that somebody has. */
export const nobodysHash = ({ memoryKib, iterations, parallelism }: Argon2Parameters) =>
  withoutPassword(`m=${memoryKib},t=${iterations},p=${parallelism}`)

/** The parameters alone, as they stand in a hash: `m=19456,t=2,p=1`. */
export const readParameters = (text: string) => parametersOf(withoutPassword(text))

const withoutPassword = (parameters: string) =>
  `$argon2id$v=19$${parameters}$${'A'.repeat(22)}$${'A'.repeat(43)}`

const isCanonical = (base64: string) =>
  Buffer.from(base64, 'base64').toString('base64').replace(/=+$/, '') === base64
