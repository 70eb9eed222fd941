import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { addMs, type Clock } from '../../platform/clock.js'

export interface BreachCheckDeps {
  /** A range API: the first five hexadecimal digits of a SHA-1 are appended. Null: nothing is looked up. */
  readonly url: string | null
  readonly clock: Clock
  readonly log: Logger
}

// Milliseconds.
const timeoutMs = 1_000
const cooldownMs = 30_000
const cacheTtlMs = 60 * 60_000
const maxResponseBytes = 1_000_000 // bytes; a padded answer has some 40,000

interface CachedRange {
  readonly suffixes: ReadonlySet<string>
  readonly fetchedAt: Date
}

/**
 * Whether a password is known from breaches, asked by k-anonymity: five digits of its hash leave the house, never
 * the password, and an answer of padded length comes back. Fails open, by decision: when the API does not answer
 * within a second, the password is taken, the log says so, and nobody is asked for half a minute.
 */
export function createBreachCheck({ url, clock, log }: BreachCheckDeps) {
  const ranges = new LRUCache<string, CachedRange>({ max: 64 })
  let pausedUntil = clock.now()

  async function getSuffixes(prefix: string): Promise<ReadonlySet<string>> {
    const cached = ranges.get(prefix)
    if (cached && cached.fetchedAt > addMs(clock.now(), -cacheTtlMs)) return cached.suffixes
    const suffixes = await fetchRange(`${url}${prefix}`)
    ranges.set(prefix, { suffixes, fetchedAt: clock.now() })
    return suffixes
  }

  return async (password: string): Promise<boolean> => {
    if (url === null || clock.now() < pausedUntil) return false
    // SHA-1 is the API's choice: it hides nothing here, the five digits do.
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
    try {
      return (await getSuffixes(hash.slice(0, 5))).has(hash.slice(5))
    } catch (err) {
      if (clock.now() >= pausedUntil) {
        log.warn({ err }, 'passwords are not checked for breaches: the range API does not answer')
      }
      pausedUntil = addMs(clock.now(), cooldownMs)
      return false
    }
  }
}

async function fetchRange(url: string): Promise<ReadonlySet<string>> {
  const response = await fetch(url, {
    headers: { 'add-padding': 'true', 'user-agent': 'latchkey' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new Error(`the range API answered with status ${response.status}`)
  const suffixes = new Set<string>()
  const text = await readText(response)
  const lines = [...text.matchAll(/^([0-9A-F]{35}):(\d+)\r?$/gim)]
  if (lines.length === 0) throw new Error('the range API did not answer with a range')
  for (const [, suffix = '', count] of lines) {
    if (count !== '0') suffixes.add(suffix.toUpperCase()) // 0 is padding
  }
  return suffixes
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxResponseBytes) throw new Error('the range API does not stop answering')
  }
  return Buffer.concat(chunks).toString('latin1')
}
