import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { canonicalEmail } from '../../../src/features/users/email-address.js'
import * as fields from '../../../src/features/users/fields.js'
import { negotiateLanguage } from '../../../src/features/hosted-pages/negotiate-language.js'
import { parseForm, readFields, readToken } from '../../../src/features/hosted-pages/form-fields.js'
import { pages } from '../../../src/features/hosted-pages/pages.js'
import { parseRegistration } from '../../../src/features/credentials/registration.js'
import { cleanDeviceName } from '../../../src/features/auth/device-name.js'
import {
  hashPresenceProof,
  issuePresenceProof,
} from '../../../src/features/sessions/presence-proof.js'
import { createRefreshTokenCodec } from '../../../src/features/sessions/refresh-token.js'
import { createKeyring } from '../../../src/platform/crypto/keyring.js'
import { systemRandom } from '../../../src/platform/crypto/random.js'
import { canonicalIp, networkOf } from '../../../src/platform/http/client-ip.js'

/** Texts as programs send them: plain, of all scripts, and invalid sequences that no encoder writes. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        ' ',
        '\0',
        '\u00a0',
        '\u200b',
        '\u202e',
        '\u0301',
        'é',
        'A',
        '@',
        '.',
        '-',
        '_',
        '٣',
      ),
    )
    .map((letters) => letters.join('')),
)
const almostEmail = fc
  .tuple(
    fc.oneof(fc.emailAddress(), anyText),
    fc.constantFrom('', ' ', '\n', '.', '@', '\u200b'),
    anyText,
  )
  .chain(([first, second, third]) =>
    fc.constantFrom(
      first,
      second + first,
      first + second,
      `${first}@${third}`,
      `${first}@example.com`,
    ),
  )
const almostLocale = fc.oneof(
  anyText,
  fc
    .array(
      fc.constantFrom('en', 'de', 'zh', 'Hans', 'US', 'x', 'u', 'ca', 'buddhist', '1996', 'UTF'),
      { minLength: 1 },
    )
    .chain((parts) => fc.constantFrom('-', '_', '.').map((by) => parts.join(by))),
)
const ipv6Groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
const almostIp = fc.oneof(
  anyText,
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.tuple(fc.ipV6(), fc.nat(99_999)).map(([ip, port]) => `[${ip}]:${port}`),
  fc.tuple(fc.ipV4(), fc.nat(99_999)).map(([ip, port]) => `${ip}:${port}`),
  fc.tuple(fc.ipV6(), anyText).map(([ip, zone]) => `${ip}%${zone}`),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
)

function ensure(holds: boolean, what: string) {
  if (!holds) throw new Error(what)
}

const codePoints = (text: string) => Array.from(text).length

/** A canonical form is its own canonical form. */
const expectStable =
  <T>(parse: (text: T) => T | null) =>
  (given: T) => {
    const canonical = parse(given)
    if (canonical !== null)
      ensure(
        parse(canonical) === canonical,
        `${JSON.stringify(canonical)} has another canonical form`,
      )
  }

const fieldParser =
  (schema: { safeParse: (text: unknown) => { success: boolean; data?: unknown } }) =>
  (given: string): string | null => {
    const { success, data } = schema.safeParse(given)
    return success && typeof data === 'string' ? data : null
  }

const keyring = createKeyring([randomBytes(32)], 'refresh tokens')
const codec = createRefreshTokenCodec(keyring, systemRandom)
const foreignCodec = createRefreshTokenCodec(
  createKeyring([randomBytes(32)], 'refresh tokens'),
  systemRandom,
)
const tokenParts = fc.record({
  sessionId: fc.uuid(),
  generation: fc.nat(0xffff_ffff),
  seed: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
})

const base64url = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

interface Property {
  readonly property: fc.IProperty<unknown>
}

const createProperty = <T>(arbitrary: fc.Arbitrary<T>, check: (given: T) => void): Property => ({
  property: fc.property(arbitrary, check),
})

const locale = (text: string) => fieldParser(fields.locale)(text)

/** The properties that each parser must have for any input. No parser may throw. */
export const properties: Readonly<Record<string, Property>> = {
  'an e-mail address has one canonical form, in lower case and without spaces': createProperty(
    almostEmail,
    (text) => {
      expectStable(canonicalEmail)(text)
      const email = canonicalEmail(text)
      if (email === null) return
      ensure(!/[A-Z\s\p{C}]/u.test(email), `not canonical: ${email}`)
      ensure(email.split('@').length === 2, `not one address: ${email}`)
      ensure(
        email.endsWith(email.slice(email.indexOf('@')).toLowerCase()),
        `domain in capitals: ${email}`,
      )
    },
  ),
  'a user name is stable': createProperty(anyText, expectStable(fieldParser(fields.username))),
  'a name is stable, and has a visible character': createProperty(anyText, (text) => {
    const name = fieldParser(fields.name)(text)
    expectStable(fieldParser(fields.name))(text)
    ensure(
      name === null || (name.trim() === name && name !== '' && codePoints(name) <= 100),
      `name: ${name}`,
    )
  }),
  'a bio is stable': createProperty(anyText, expectStable(fieldParser(fields.bio))),
  'the URL of an image is stable, and HTTP': createProperty(
    fc.oneof(anyText, fc.webUrl()),
    (text) => {
      const url = fieldParser(fields.image)(text)
      expectStable(fieldParser(fields.image))(text)
      ensure(url === null || /^https?:/.test(url), `image: ${url}`)
    },
  ),
  'a locale is stable, and one that Intl knows': createProperty(almostLocale, (text) => {
    expectStable(locale)(text)
    const tag = locale(text)
    if (tag !== null)
      ensure(Intl.getCanonicalLocales(tag)[0] === tag && tag.length <= 35, `locale: ${tag}`)
  }),
  'a registration of any JSON is parsed or refused': createProperty(fc.jsonValue(), (input) => {
    parseRegistration(input as never)
    parseRegistration({ email: input, username: input, name: input, locale: input })
  }),
  'the name of a device can be shown': createProperty(anyText, (text) => {
    const name = cleanDeviceName(text)
    if (name === null) return
    ensure(name.isWellFormed(), 'half a character')
    ensure(codePoints(name) <= 100 && name !== '', `length: ${name.length}`)
    ensure(
      !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name),
      `control character: ${JSON.stringify(name)}`,
    )
  }),
  'a client address has one canonical form, and is an address': createProperty(almostIp, (text) => {
    expectStable(canonicalIp)(text)
    const ip = canonicalIp(text)
    ensure(ip === null || isIP(ip) > 0, `address: ${ip}`)
    expectStable(networkOf)(text)
  }),
  'the spellings of an IPv6 address are one address, of one network': createProperty(
    ipv6Groups,
    (groups) => {
      const plain = groups.map((group) => group.toString(16)).join(':')
      const long = groups
        .map((group) => group.toString(16).padStart(4, '0').toUpperCase())
        .join(':')
      const spellings = [plain, long, ` ${plain} `, `[${long}]`, `[${plain}]:443`, `${long}%eth0`]
      const addresses = new Set(spellings.map((spelling) => canonicalIp(spelling)))
      ensure(addresses.size === 1 && !addresses.has(null), [...addresses].join())
      const [ip = null] = addresses
      ensure(networkOf(networkOf(ip ?? '')) === networkOf(ip ?? ''), 'the network is not stable')
    },
  ),
  'a form returns the entered values': createProperty(
    fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
    (filled) => {
      const entries = Object.entries(filled)
      const parsed = parseForm(new URLSearchParams(entries).toString()) as Record<string, unknown>
      ensure(Object.keys(parsed).length === entries.length, 'a field too many or too few')
      for (const [name, value] of entries) ensure(parsed[name] === value, `${name}: ${value}`)
    },
  ),
  'a body that is not a form has no fields, or only texts': createProperty(anyText, (text) => {
    const parsed = parseForm(text)
    readToken(parsed)
    for (const page of pages) {
      const found = readFields(page, parsed)
      ensure(
        Object.values(found ?? {}).every((value) => typeof value === 'string'),
        'no text',
      )
    }
  }),
  'fields are read from any JSON': createProperty(fc.jsonValue(), (body) => {
    for (const page of pages) readFields(page, body)
  }),
  'Accept-Language names one of the languages': createProperty(
    fc.oneof(
      anyText,
      fc
        .array(fc.constantFrom('de', 'es', 'en', 'fr', '*', '-AT', ';q=0', ';q=0.5', ',', ' '))
        .map((parts) => parts.join('')),
    ),
    (header) => {
      ensure(['en', 'de', 'es'].includes(negotiateLanguage(header)), negotiateLanguage(header))
    },
  ),
  'a browser gets the language that it requests': createProperty(
    fc.tuple(
      fc.constantFrom('en', 'de', 'es'),
      fc.stringMatching(/^(-[A-Z]{2})?$/),
      fc.constantFrom('', ',fr', ', *;q=0.1'),
    ),
    ([language, region, rest]) => {
      const found = negotiateLanguage(language + region + rest)
      ensure(found === language, `${language}${region}${rest}: ${found}`)
    },
  ),
  'only its own service reads the content of a refresh token': createProperty(
    tokenParts,
    (parts) => {
      const token = codec.encode(parts)
      const { sessionId, generation, seed } = codec.decode(token) ?? {}
      ensure(sessionId === parts.sessionId && generation === parts.generation, 'other parts')
      ensure(seed?.equals(parts.seed) === true, 'another seed')
      ensure(foreignCodec.decode(token) === null, 'another service reads it')
    },
  ),
  'a refresh token with any change is refused': createProperty(
    fc.tuple(
      tokenParts,
      // The last bits of the last character have no meaning.
      fc.oneof(fc.nat(97), fc.constant(97)),
      fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('', '=', ...base64url)),
    ),
    ([parts, i, letter]) => {
      const token = codec.encode(parts)
      const changed = token.slice(0, i) + letter + token.slice(i + 1)
      ensure((codec.decode(changed) === null) === (changed !== token), `${i}: ${letter}`)
    },
  ),
  'a presence proof has one hash, and no other spelling has it': createProperty(
    fc.tuple(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      // The last bits of the last character have no meaning.
      fc.oneof(fc.nat(42), fc.constant(42)),
      fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('', '=', ...base64url)),
    ),
    ([bytes, at, letter]) => {
      const proof = issuePresenceProof(() => Buffer.from(bytes), new Date(0))
      ensure(hashPresenceProof(proof.text)?.equals(proof.hash) === true, 'another hash')
      const changed = proof.text.slice(0, at) + letter + proof.text.slice(at + 1)
      const isSame = hashPresenceProof(changed)?.equals(proof.hash) === true
      ensure(isSame === (changed === proof.text), `${at}: ${letter}`)
    },
  ),
  'a text of another length is not a presence proof': createProperty(anyText, (text) => {
    ensure(text.length === 43 || hashPresenceProof(text) === null, text)
  }),
  'a text that is not a refresh token is refused': createProperty(
    fc.oneof(
      anyText,
      fc
        .uint8Array({ minLength: 73, maxLength: 73 })
        .map((bytes) => Buffer.from(bytes).toString('base64url')),
    ),
    (text) => {
      ensure(codec.decode(text) === null, text)
    },
  ),
}
