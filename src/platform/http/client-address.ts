import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

/**
 * One spelling per address: IPv6 as RFC 5952 writes it, an IPv4 address that comes as IPv6 as IPv4; without
 * zone, and without the port that some proxies add. Null when it is no address.
 */
export const canonicalAddress = (text: string | undefined) => inCanonicalForm(text ?? '')

const inCanonicalForm = remembered((text: string): string | null => {
  const [, bracketed, plain = ''] = /^(?:\[(.+)\](?::\d+)?|(.+))$/.exec(text.trim()) ?? []
  const withoutPort = /^\d+\.\d+\.\d+\.\d+(?=:\d+$)/.exec(plain)?.[0]
  const [address = ''] = (bracketed ?? withoutPort ?? plain).split('%')
  if (!isIP(address)) return null // ipaddr.js takes 0x7f.1 for an address, too
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()
})

/**
 * What counts as one place: an IPv4 address, or an IPv6 network of 64 bits, of which every subscriber has at
 * least one and can use each address in turn (GHSA-p6v2-xcpg-h6xw).
 */
export const networkOf = remembered((address: string): string => {
  const parsed = isIP(address) ? ipaddr.process(address) : null
  if (!(parsed instanceof ipaddr.IPv6)) return address
  const network = new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0])
  return `${network.toRFC5952String()}/64`
})

const longestRemembered = 100

/** Whoever asks once asks again: what parsing came to is kept for those who asked last. */
function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const known = new LRUCache<string, { value: T }>({ max: 1_000 })
  return (text) => {
    const found = known.get(text)
    if (found) return found.value
    const value = parse(text)
    if (text.length < longestRemembered) known.set(text, { value })
    return value
  }
}
