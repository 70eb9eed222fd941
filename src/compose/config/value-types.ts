import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import validator from 'validator'
import { z } from '../../platform/zod.js'
import { isLoopback } from '../../platform/http/loopback.js'
import { isPasskeyHost, isPasskeyOrigin } from './passkey-hosts.js'

// The description of each type names the accepted values: docs/configuration.md shows it.

/** Any text except the empty one. */
export const text = (what: string) => z.string().describe(what)

export const number = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,3})?$/, `must be a number from ${min} to ${max}`)
    .transform(Number)
    .refine((parsed) => parsed >= min && parsed <= max, `must be a number from ${min} to ${max}`)
    .describe(`a number from ${min} to ${max}`)

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof units

/** Milliseconds from text such as `30s`, `10m` or `14d`; `0` needs no unit. */
export function duration(min: string, max: string, { orNever = false } = {}) {
  const parse = (text: string) => {
    if (text === '0') return 0
    const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? []
    return amount && unit ? Number(amount) * units[unit as Unit] : NaN
  }
  const isInRange = (value: number) =>
    (orNever && value === 0) || (value >= parse(min) && value <= parse(max))
  return z
    .string()
    .transform(parse)
    .refine(
      isInRange,
      `must be ${orNever ? '0 or ' : ''}a duration from ${min} to ${max}, for example 30s, 10m or 14d`,
    )
    .describe(`${orNever ? '`0` or ' : ''}a duration from \`${min}\` to \`${max}\``)
}

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine(
      (parsed) => parsed >= min && parsed <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .describe(`a whole number from ${min} to ${max}`)

/** A number, or a word instead of one, which results in null. */
export const integerOr = (word: string, min: number, max: number) => {
  const problem = `must be ${word} or a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(new RegExp(`^(${word}|\\d{1,15})$`), problem)
    .transform((text) => (text === word ? null : Number(text)))
    .refine((parsed) => parsed === null || (parsed >= min && parsed <= max), problem)
    .describe(`\`${word}\` or a whole number from ${min} to ${max}`)
}

export const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z
    .string()
    .pipe(z.enum(values, `must be one of ${values.join(', ')}`))
    .describe(values.map((value) => `\`${value}\``).join(', '))

const maxProxies = 10

const proxies = z.string().transform((text, context) => {
  const parts = text.split(',').map((part) => part.trim())
  const [first = ''] = parts
  if (parts.length === 1 && /^\d{1,9}$/.test(first) && Number(first) <= maxProxies) {
    return Number(first)
  }
  const problem = parts.map(findProxyProblem).find((each) => each !== null)
  if (problem === undefined) return parts
  context.addIssue(problem)
  return z.NEVER
})

/** The number of proxies, or their addresses and networks in CIDR notation. */
export const trustedProxies = proxies.describe(
  `addresses and networks such as \`10.0.0.0/8,::1\`, or a number from 0 to ${maxProxies}`,
)

function findProxyProblem(text: string): string | null {
  if (/^\d+$/.test(text)) {
    return `must be a number of proxies from 0 to ${maxProxies}, or their addresses; a number cannot be combined with addresses`
  }
  const [ip = '', bits] = text.split('/')
  const isNetwork = bits === undefined || /^\d{1,3}$/.test(bits)
  if (!isIP(ip) || ip.includes('%') || text.split('/').length > 2 || !isNetwork) {
    return 'must be a number of proxies, or addresses and networks such as 10.0.0.0/8, 2001:db8::1, separated by commas'
  }
  if (bits === undefined) return null
  const parsed = ipaddr.parse(ip)
  const maxBits = parsed.kind() === 'ipv4' ? 32 : 128
  if (Number(bits) < 1) return `must not have ${text}: any client could forge its address`
  if (Number(bits) > maxBits) return `has ${text}: a network there has at most ${maxBits} bits`
  return isNetworkAddress(parsed, Number(bits))
    ? null
    : `has ${text}, which is not the first address of its network: write ${ip} for one proxy, or the network`
}

/**
 * Whether the address is the first one of its network. Otherwise one proxy with a prefix length would make the server
 * trust all its neighbors.
 */
const isNetworkAddress = (ip: ipaddr.IPv4 | ipaddr.IPv6, bits: number) => {
  const bytes = ip.toByteArray()
  return bytes.every((byte, i) => (byte & (0xff >> Math.min(8, Math.max(0, bits - 8 * i)))) === 0)
}

const parseUrl = (text: string) => (URL.canParse(text) ? new URL(text) : null)

/** An origin has no path: issuer, links and well-known documents are made by appending to it. */
export const origin = z
  .string()
  .refine((text) => {
    const url = parseUrl(text)
    const isPlain = !!url && url.href === `${url.origin}/` && !url.hostname.includes('*')
    return isPlain && /^https?:$/.test(url.protocol)
  }, 'must be an origin such as https://auth.example.com, without a path or a wildcard')
  .transform((text) => new URL(text).origin)
  .describe('an origin such as `https://auth.example.com`')

export const origins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(origin))
  .describe('origins, separated by commas')

/** The id of a WebAuthn Relying Party; null: `off`. Browsers refuse IP addresses and public suffixes such as `com`. */
export const rpId = z
  .string()
  .refine(
    (text) => text === 'off' || (/^[a-z\d.-]+$/.test(text) && isPasskeyHost(text)),
    'must be a host name such as example.com in lower case, without scheme, port or path, or off',
  )
  .transform((text) => (text === 'off' ? null : text))
  .describe('a host name such as `example.com`, or `off`')

// Base64url of the SHA-256 of an app's signing certificate.
const androidOrigin = /^android:apk-key-hash:[\w-]{43}$/

/** Browsers and apps that may use passkeys, compared as exact strings. */
export const passkeyOrigins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(
      z
        .string()
        .refine(
          (text) => androidOrigin.test(text) || isSecureOrigin(text),
          'must be origins such as https://app.example.com, http://localhost:3000 or android:apk-key-hash:<SHA-256 in base64url>, separated by commas',
        )
        .transform((text) => (androidOrigin.test(text) ? text : new URL(text).origin)),
    ),
  )
  .describe('origins, separated by commas')

/** Origins of other domains: https, because browsers compare their domains. */
export const relatedOrigins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(
      origin.refine(
        (text) => text.startsWith('https:') && isSecureOrigin(text),
        'must be https origins such as https://example.org, separated by commas',
      ),
    ),
  )
  .describe('https origins, separated by commas')

const isSecureOrigin = (text: string) =>
  origin.safeParse(text).success && isPasskeyOrigin(new URL(text))

/** The start of links; may contain a path. */
export const appUrl = z
  .string()
  .refine((text) => {
    const url = parseUrl(text)
    const isPlain =
      !!url && url.href === `${url.origin}${url.pathname}` && !url.hostname.includes('*')
    return isPlain && /^https?:$/.test(url.protocol)
  }, 'must be the URL of your front end such as https://app.example.com, without a query')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''))
  .describe('a URL such as `https://app.example.com`')

export const smtpUrl = z
  .string()
  .refine(
    (text) => /^smtps?:$/.test(parseUrl(text)?.protocol ?? '') && !!parseUrl(text)?.hostname,
    'must be a URL such as smtp://user:password@host:587 or smtps://user:password@host:465',
  )
  .describe('a URL such as `smtp://user:password@host:587` (STARTTLS) or `smtps://host:465`')

export const mailFrom = z
  .string()
  .refine(
    (text) => !/[\p{Cc}",;]/u.test(text) && validator.isEmail(text, { allow_display_name: true }),
    'must be an address such as no-reply@example.com or Example <no-reply@example.com>',
  )
  .describe('an address such as `Example <no-reply@example.com>`')

export const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:$/.test(parseUrl(text)?.protocol ?? ''),
    'must be a URL such as postgresql://user:password@host:5432/database',
  )
  .describe('a URL such as `postgresql://user:password@host:5432/database`')

export const redisUrl = z
  .string()
  .refine(
    (text) => /^rediss?:$/.test(parseUrl(text)?.protocol ?? ''),
    'must be a URL such as redis://:password@host:6379',
  )
  .describe('a URL such as `redis://:password@host:6379` or `rediss://host`')

/** k-anonymity: the first five characters of a SHA-1 are appended. Must be https, except on loopback for tests. */
export const rangeApi = z
  .string()
  .refine((text) => {
    const url = parseUrl(text)
    const isLocal = isLoopback(url?.hostname ?? '')
    // The prefix is appended to the URL. Any other URL would make every lookup fail, so that nothing is checked.
    const isPlain = !!url && url.href === `${url.origin}${url.pathname}` && text.endsWith('/')
    return text === 'off' || (isPlain && (url.protocol === 'https:' || isLocal))
  }, 'must be off, or the https URL of a range API, with a slash at its end, such as https://api.pwnedpasswords.com/range/')
  .transform((text) => (text === 'off' ? null : text))
  .describe('`off`, or a URL such as `https://api.pwnedpasswords.com/range/`')

const advice = 'create one with `openssl rand -base64 32`'
const secret = z
  .string()
  .refine(
    (text) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length >= 32,
    `must be at least 32 random bytes in base64: ${advice}`,
  )
  .refine((text) => !isTooPredictable(text), `is too easy to guess: ${advice}`)
  .transform((text) => Buffer.from(text, 'base64'))

/** Detects phrases, repetitions and counting. Less than one in a million values of 32 random bytes look like that. */
function isTooPredictable(text: string) {
  const bytes = Buffer.from(text, 'base64')
  const distinctBytes = new Set(bytes).size
  const distinctSteps = new Set(bytes.map((byte, i) => byte - (bytes[i - 1] ?? 0))).size
  const hasRepetition = text.includes(text.slice(0, 8), 8)
  const isSingleCase = text === text.toLowerCase() && !/^[0-9a-f]+$/.test(text)
  return distinctBytes < 20 || distinctSteps < 20 || hasRepetition || isSingleCase
}

export const secrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.tuple([secret], secret))
  .describe('at least 32 random bytes in base64, several separated by commas')
