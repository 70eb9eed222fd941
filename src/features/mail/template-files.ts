import type { Sections } from './check-template.js'
import { commonPlaceholders, placeholdersOf, type EmailKind } from './email-kind.js'

export type Format = 'html' | 'txt'

/** The template of every message that has none of its own. */
export const layoutFile = (format: Format) => `layout.${format}`

export const kindFile = ({ name }: EmailKind, format: Format) =>
  `${name.toLowerCase().replaceAll('_', '-')}.${format}`

const commonNames = ['language', 'direction', 'subject', 'footer']
const linkNames = ['url', 'action', 'linkHint']

/** A template shared by all prints what belongs to a link where there is one. */
export const sections: Sections = {
  paragraphs: ['.'],
  closing: ['.'],
  url: [...linkNames, 'lifetime'],
}

/** Every template that there can be, by its file, with the names of the values it may print. */
export const templateFiles = (
  kinds: readonly EmailKind[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    (['html', 'txt'] as const).flatMap((format) => [
      [layoutFile(format), [...commonNames, ...commonPlaceholders]] as const,
      ...kinds.map((kind) => [kindFile(kind, format), namesFor(kind)] as const),
    ]),
  )

function namesFor(kind: EmailKind): readonly string[] {
  const link = kind.path === null ? [] : linkNames
  return [...commonNames, ...placeholdersOf(kind), ...link]
}
