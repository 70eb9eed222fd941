import { emailKinds } from '../../../src/compose/features.js'
import { byName } from '../../../src/features/mail/email-kind.js'
import type { Letter } from '../../../src/features/mail/letter-view.js'

const kinds = byName(emailKinds)

export const kindNames = [...kinds.keys()]

export function kindOf(name: string) {
  const kind = kinds.get(name)
  if (!kind) throw new Error(`there is no kind ${name}`)
  return kind
}

export const hasLink = (name: string) => kindOf(name).path !== null

/** A letter of that kind: with a link where the kind has one. */
export function letterOf(
  name: string,
  url: string,
  changes: Partial<Omit<Letter, 'kind'>> = {},
): Letter {
  const link = hasLink(name) ? { url, lifetime: 3_600_000 } : { url: null, lifetime: null }
  return { kind: kindOf(name), locale: null, ...link, email: 'ada@example.com', ...changes }
}
