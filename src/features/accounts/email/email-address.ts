import { domainToASCII } from 'node:url'
import validator from 'validator'

const rules = {
  allow_display_name: false,
  allow_ip_domain: false,
  allow_utf8_local_part: false,
  allow_underscores: false,
}

// The URL standard's host parser, which domainToASCII is, stops at a slash, decodes %61 and drops line
// breaks: victim@evil.com#.corp.com would become victim@evil.com.
const unlikeDomain = /[^\p{L}\p{M}\p{N}.\-。．｡\u200c\u200d]/u

/**
 * The one form in which an address is stored and looked up: lower case, the domain in ASCII. Null when
 * it is none. Canonical first and validated after, so that nothing becomes special by normalisation
 * (CVE-2019-19844, GHSA-7rqj-j65f-68wh).
 */
export function canonicalEmail(text: string): string | null {
  const at = text.lastIndexOf('@')
  if (at < 1 || text.length > 320) return null
  const domain = text.slice(at + 1)
  if (unlikeDomain.test(domain)) return null
  // Only A-Z is folded: folding `K` (Kelvin sign) to `k` would give one address another's account.
  const local = text.slice(0, at).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const email = `${local}@${domainToASCII(domain)}`
  return !local.startsWith('"') && validator.isEmail(email, rules) ? email : null
}
