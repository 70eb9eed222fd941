import { z } from 'zod'
import { InputProblem } from '../../platform/graphql/auth-error.types.js'
import { canonicalEmail } from './email-address.js'

// Line breaks forge headers and log lines; direction overrides make one name look like another.
const control = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const email = z.string().transform((text, context) => {
  const canonical = canonicalEmail(text)
  if (canonical) return canonical
  context.addIssue('This is not an e-mail address.')
  return z.NEVER
})

const username = z
  .string()
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{1,48})[\p{L}\p{N}]$/u,
    'A user name has 3 to 50 letters and digits, with dots, dashes and underscores between them.',
  )
  .refine((text) => text === text.normalize('NFKC'), 'This user name has look-alike characters.')

const name = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .refine(
    (text) => text.length > 0 && Array.from(text).length <= 100,
    'A name has 1 to 100 characters.',
  )
  .refine((text) => !control.test(text), 'A name has no control characters.')

const locale = z.string().transform((text, context) => {
  try {
    const [canonical] = Intl.getCanonicalLocales(text)
    if (canonical && canonical.length <= 35) return canonical
  } catch {
    // not a tag: reported below
  }
  context.addIssue('A locale is a BCP 47 tag, for example en or pt-BR.')
  return z.NEVER
})

const orNull = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? null)

const registration = z.object({
  email,
  username: orNull(username),
  name: orNull(name),
  locale: orNull(locale),
})

export type Registration = z.infer<typeof registration>

/** What a person typed at registration, in canonical form, or everything that is wrong with it. */
export function parseRegistration(
  input: Record<keyof Registration, unknown>,
): { ok: true; registration: Registration } | { ok: false; problems: InputProblem[] } {
  const result = registration.safeParse(input)
  if (result.success) return { ok: true, registration: result.data }
  const problems = result.error.issues.map(({ path, message }) =>
    Object.assign(new InputProblem(), { path: ['input', ...path.map(String)], message }),
  )
  return { ok: false, problems }
}
