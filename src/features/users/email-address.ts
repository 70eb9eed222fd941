import { domainToASCII } from 'node:url'
import { isIPv4 } from 'node:net'
import { trimInvisible } from '../../platform/text.js'

// https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const emailPattern =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

// RFC 5321 §4.5.3.1, in octets. A path has 256 octets including its angle brackets.
const maxLocalPartLength = 64
const maxEmailLength = 254

// UTF-16 units. A domain may be longer as typed than in canonical form.
const maxInputLength = 320

// domainToASCII is the host parser of the URL standard. It stops at a slash, decodes %61 and drops line breaks:
// victim@evil.com#.corp.com would become victim@evil.com.
const invalidDomainCharacter = /[^\p{L}\p{M}\p{N}.\-。．｡\u200c\u200d]/u

/**
 * The canonical form of an address, for storage and lookup: lower case, the domain in ASCII, no invisible characters at
 * the edges. Null if the text is not an address by HTML's definition. Null also if the domain is an IPv4 address: 127.1
 * and 127.0.0.1 are one host to some programs and two to others. The text is normalized first and validated after, so
 * that normalization cannot create special characters (CVE-2019-19844, GHSA-7rqj-j65f-68wh).
 */
export function canonicalEmail(text: string): string | null {
  const typed = trimInvisible(text)
  const atIndex = typed.lastIndexOf('@')
  if (atIndex < 1 || atIndex > maxLocalPartLength || typed.length > maxInputLength) return null
  const domain = typed.slice(atIndex + 1)
  if (invalidDomainCharacter.test(domain)) return null
  // Folds A-Z only. Folding `K` (Kelvin sign) to `k` would map two addresses to one account.
  const localPart = typed.slice(0, atIndex).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const asciiDomain = domainToASCII(domain)
  const email = `${localPart}@${asciiDomain}`
  return email.length <= maxEmailLength && emailPattern.test(email) && !isIPv4(asciiDomain)
    ? email
    : null
}
