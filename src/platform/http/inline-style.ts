import { createHash } from 'node:crypto'

/** What a content security policy says of a page's one inline style: itself, and nothing that somebody puts in. */
export function inlineStyleSource(page: string): string {
  const [, style] = /<style>([^]*?)<\/style>/.exec(page) ?? []
  if (style === undefined) throw new Error('the page has no inline style')
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`
}
