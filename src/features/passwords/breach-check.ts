import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { addMs, type Clock } from '../../platform/clock.js'

export interface BreachCheckDeps {
  /** The URL of a range API: the first five hex digits of a SHA-1 are appended. Null disables the check. */
  readonly url: string | null
  readonly clock: Clock
  readonly log: Logger
}

const timeoutMs = 1_000
const cooldownMs = 30_000
const cacheTtlMs = 60 * 60_000
const maxResponseBytes = 1_000_000 // a padded answer has about 40,000

interface CachedRange {
  readonly suffixes: ReadonlySet<string>
  readonly fetchedAt: Date
}

/**
 * Checks by k-anonymity whether a password is known from a breach. Only the first five hex digits of its SHA-1 are
 * sent, never the password. The API pads its answer, so the length reveals nothing. Fails open by decision: if the API
 * does not answer within 1 s, the password is accepted and a warning is logged. The next lookup happens after 30 s.
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
    // The API prescribes SHA-1. Privacy depends on sending five digits only, not on the hash.
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
    try {
      return (await getSuffixes(hash.slice(0, 5))).has(hash.slice(5))
    } catch (err) {
      if (clock.now() >= pausedUntil) {
        log.warn(
          { err },
          'the breach check is paused: the range API does not answer, so passwords are accepted unchecked',
        )
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
  if (lines.length === 0)
    throw new Error('the range API sent no line with a hash suffix and a count')
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
    if (size > maxResponseBytes) throw new Error('the answer of the range API is too long')
  }
  return Buffer.concat(chunks).toString('latin1')
}
