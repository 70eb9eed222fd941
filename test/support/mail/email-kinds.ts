import { emailKinds } from '../../../src/compose/features.js'
import { indexByName } from '../../../src/features/mail/email-kind.js'
import type { RenderInput } from '../../../src/features/mail/email-view.js'

const kinds = indexByName(emailKinds)

export const kindNames = [...kinds.keys()]

export function getKind(name: string) {
  const kind = kinds.get(name)
  if (!kind) throw new Error(`there is no kind ${name}`)
  return kind
}

export const hasLink = (name: string) => getKind(name).path !== null

/** An e-mail of this kind, with a link if the kind has one. */
export function createSampleEmail(
  name: string,
  url: string,
  overrides: Partial<Omit<RenderInput, 'kind'>> = {},
): RenderInput {
  const link = hasLink(name) ? { url, lifetimeMs: 3_600_000 } : { url: null, lifetimeMs: null }
  const kind = getKind(name)
  const counts = Object.fromEntries((kind.counts ?? []).map((count) => [count, 7]))
  return { kind, locale: null, ...link, email: 'ada@example.com', counts, ...overrides }
}
