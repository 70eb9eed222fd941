import type { Sections } from './check-template.js'
import { commonPlaceholders, placeholdersOf, type EmailKind } from './email-kind.js'

export type Format = 'html' | 'txt'

/** The template of all kinds without their own template. */
export const layoutFile = (format: Format) => `layout.${format}`

export const kindFile = ({ name }: EmailKind, format: Format) =>
  `${name.toLowerCase().replaceAll('_', '-')}.${format}`

const commonNames = ['language', 'direction', 'subject', 'footer']
const linkNames = ['url', 'action', 'linkHint']

/** A shared template prints the link parts only for e-mails with a link. */
export const sections: Sections = {
  paragraphs: ['.'],
  closing: ['.'],
  url: [...linkNames, 'lifetime'],
}

/** All possible template files, each with the names of its values. */
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
