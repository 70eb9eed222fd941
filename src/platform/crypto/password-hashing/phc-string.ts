export interface Argon2Parameters {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
}

const argon2idPattern =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d{0,2}),p=([1-9]\d{0,2})\$([A-Za-z\d+/]{11,64})\$([A-Za-z\d+/]{22,86})$/

/**
 * Returns the parameters of an Argon2id hash in the one spelling that every library writes and all of them read alike
 * (PHC string format: no leading zeros, no padding, no stray bits). Null for everything else.
 */
export function parametersOf(text: string): Argon2Parameters | null {
  const [, memory, iterations, parallelism, salt = '', tag = ''] = argon2idPattern.exec(text) ?? []
  const parameters = {
    memoryKib: Number(memory),
    iterations: Number(iterations),
    parallelism: Number(parallelism),
  }
  const isHash =
    parameters.memoryKib >= 8 * parameters.parallelism && isCanonical(salt) && isCanonical(tag)
  return isHash ? parameters : null
}

/** A hash that no password matches. Verifying it costs as much as verifying a real one. */
export const dummyHash = ({ memoryKib, iterations, parallelism }: Argon2Parameters) =>
  placeholderHash(`m=${memoryKib},t=${iterations},p=${parallelism}`)

/** Parses parameters alone, as written in a hash: `m=19456,t=2,p=1`. */
export const parseParameters = (text: string) => parametersOf(placeholderHash(text))

const placeholderHash = (parameters: string) =>
  `$argon2id$v=19$${parameters}$${'A'.repeat(22)}$${'A'.repeat(43)}`

const isCanonical = (base64: string) =>
  Buffer.from(base64, 'base64').toString('base64').replace(/=+$/, '') === base64
