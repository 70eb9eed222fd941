import { createHash } from 'node:crypto'

/** The content security policy source of a page's one inline style: its hash, so that injected styles are refused. */
export function inlineStyleSource(page: string): string {
  const [, style] = /<style>([^]*?)<\/style>/.exec(page) ?? []
  if (style === undefined) throw new Error('the page has no inline style')
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`
}
