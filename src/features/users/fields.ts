import { z } from '../../platform/zod.js'
import { canonicalEmail } from './email-address.js'
import { canonicalLocale } from './locale.js'
import { parseUsername } from './username.js'

// Line breaks could forge headers and log lines. Direction overrides make one name look like another.
const controlCharacter = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const visibleCharacter = /[^\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u

export const email = z.string().transform((text, context) => {
  const canonical = canonicalEmail(text)
  if (canonical) return canonical
  context.addIssue('This is not an e-mail address.')
  return z.NEVER
})

export const username = z.string().transform((text, context) => {
  const parsed = parseUsername(text)
  if (parsed.ok) return parsed.username
  context.addIssue(parsed.problem)
  return z.NEVER
})

// UTF-16 units. Normalizing takes quadratic time in consecutive combining marks: 1 s for 50 kB.
const maxNormalizedLength = 400

export const name = z
  .string()
  .max(maxNormalizedLength, 'A name has 1 to 100 characters.')
  .transform((text) => text.normalize('NFC').trim())
  .refine(
    (text) => text.length > 0 && Array.from(text).length <= 100,
    'A name has 1 to 100 characters.',
  )
  .refine((text) => !controlCharacter.test(text), 'A name has no control characters.')
  .refine((text) => visibleCharacter.test(text), 'A name has at least one visible character.')

/** A hint: an invalid locale is ignored. */
export const locale = z.string().transform(canonicalLocale)

export const bio = z
  .string()
  .max(2_000, 'A bio has at most 500 characters.')
  .transform((text) => text.normalize('NFC').replaceAll('\r\n', '\n').trim())
  .refine((text) => Array.from(text).length <= 500, 'A bio has at most 500 characters.')
  .refine(
    (text) => !/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(text),
    'A bio has no control characters.',
  )

const isHttpUrl = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return !!url && /^https?:$/.test(url.protocol) && !url.username && !url.password
}

export const image = z
  .string()
  .max(2_000, 'This URL is too long.')
  .refine(isHttpUrl, { error: 'This is not an http or https URL.', abort: true })
  .transform((text) => new URL(text).href)
  .refine((href) => href.length <= 2_000, 'This URL is too long.')

export interface FieldProblem {
  readonly field: string
  readonly message: string
}

export type ParsedFields<T> = { ok: true; fields: T } | { ok: false; problems: FieldProblem[] }

/** Parses typed input: the fields in canonical form, or all problems. */
export function parseFields<T>(schema: z.ZodType<T>, input: unknown): ParsedFields<T> {
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, fields: result.data }
  const problems = new Map<string, string>() // the first problem of each field: the others follow from it
  for (const { path, message } of result.error.issues) {
    const field = String(path[0])
    if (!problems.has(field)) problems.set(field, message)
  }
  return { ok: false, problems: [...problems].map(([field, message]) => ({ field, message })) }
}
