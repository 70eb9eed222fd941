import { z } from '../../platform/zod.js'
import { parseFields, type ParsedFields, userFields } from '../users/index.js'

const { email, locale, name, username } = userFields

const orNull = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? null)

const registration = z.object({
  email,
  username: orNull(username),
  name: orNull(name),
  locale: orNull(locale),
})

export type Registration = z.infer<typeof registration>

export const parseRegistration = (
  input: Record<keyof Registration, unknown>,
): ParsedFields<Registration> => parseFields(registration, input)
