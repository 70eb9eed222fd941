import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

/**
 * Returns one spelling per address. IPv6 as in RFC 5952; an IPv4-mapped address as IPv4; without zone, and without
 * the port that some proxies add. Null when the text is not an address.
 */
export const canonicalIp = (text: string | undefined) => canonicalize(text ?? '')

const canonicalize = memoize((text: string): string | null => {
  const [, bracketed, plain = ''] = /^(?:\[(.+)\](?::\d+)?|(.+))$/.exec(text.trim()) ?? []
  const withoutPort = /^\d+\.\d+\.\d+\.\d+(?=:\d+$)/.exec(plain)?.[0]
  const [ip = ''] = (bracketed ?? withoutPort ?? plain).split('%')
  const parsed = parse(ip)
  if (!parsed) return null
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()
})

/**
 * The unit that rate limits count by: an IPv4 address (also one embedded in IPv6), or an IPv6 network of 64 bits.
 * Every subscriber has at least one of those and can use each address in it (GHSA-p6v2-xcpg-h6xw).
 */
export const networkOf = memoize((ip: string): string => {
  const parsed = parse(ip)
  if (!(parsed instanceof ipaddr.IPv6)) return ip
  return embeddedIpv4(parsed) ?? prefixOf(parsed, 64)
})

/**
 * The IPv6 network of 48 bits, the most that one customer is usually assigned (RFC 6177); it contains 65,536 networks
 * of 64 bits. Null for IPv4, also when it is embedded.
 */
export const siteOf = memoize((ip: string): string | null => {
  const parsed = parse(ip)
  if (!(parsed instanceof ipaddr.IPv6) || embeddedIpv4(parsed) !== null) return null
  return prefixOf(parsed, 48)
})

function prefixOf({ parts }: ipaddr.IPv6, bits: 48 | 64) {
  const kept = parts.slice(0, bits / 16)
  const network = new ipaddr.IPv6([...kept, ...Array<number>(8 - kept.length).fill(0)])
  return `${network.toRFC5952String()}/${bits}`
}

/** Where each kind of IPv6 address carries the IPv4 address of its client, by ipaddr.js's name of the range. */
const embeddedIpv4Parts: Readonly<Record<string, (parts: readonly number[]) => readonly number[]>> =
  {
    // NAT64 (RFC 6052 §2.1; RFC 8215, read as a /96) and stateless translation (RFC 6145): the last 32 bits.
    rfc6052: (parts) => parts.slice(6),
    rfc6145: (parts) => parts.slice(6),
    // RFC 3056 §2: the bits after 2002.
    '6to4': (parts) => parts.slice(1, 3),
    // RFC 4380 §4: the last 32 bits, inverted. The /64 belongs to the server that all its clients share.
    teredo: (parts) => parts.slice(6).map((part) => part ^ 0xffff),
  }

function embeddedIpv4(ip: ipaddr.IPv6): string | null {
  const parts = embeddedIpv4Parts[ip.range()]?.(ip.parts)
  return parts ? parts.flatMap((part) => [part >> 8, part & 0xff]).join('.') : null
}

/**
 * Accepts only addresses that both libraries accept: ipaddr.js also takes 0x7f.1, and Node.js any zone (::0.0.0.0%-).
 */
const parse = (text: string) => (isIP(text) && ipaddr.isValid(text) ? ipaddr.process(text) : null)

const maxCachedLength = 100

/** Memoizes the last results (LRU): the same clients ask repeatedly. */
function memoize<T>(compute: (text: string) => T): (text: string) => T {
  const cache = new LRUCache<string, { value: T }>({ max: 1_000 })
  return (text) => {
    const cached = cache.get(text)
    if (cached) return cached.value
    const value = compute(text)
    if (text.length < maxCachedLength) cache.set(text, { value })
    return value
  }
}
