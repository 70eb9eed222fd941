import { parse } from 'node:querystring'
import type { Page } from './define-page.js'

export type FormFields = Readonly<Record<string, string>>

/** The token of the opened link. Null when the URL has none, or more than one. */
export function readToken(query: unknown): string | null {
  const { token } = query as Record<string, unknown>
  return typeof token === 'string' && token !== '' ? token : null
}

/**
 * Parses the body of a form. Browsers send ASCII and encode all other characters as UTF-8 escapes. Invalid input
 * becomes a form without fields: lenient decoding could make two different passwords equal. This function must not
 * throw.
 */
export const parseForm = (text: string) => (isEscapedUtf8(text) ? { ...parse(text) } : {})

function isEscapedUtf8(text: string) {
  try {
    return /^[\x20-\x7e]*$/.test(text) && decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

/** The values by field name. Null when a field is missing or occurs twice. */
export function readFields({ hasToken, fields: known }: Page, body: unknown): FormFields | null {
  const given = (body ?? {}) as Record<string, unknown>
  const token = { name: 'token', isOptional: false }
  const fields: Record<string, string> = {}
  for (const { name, isOptional } of [...(hasToken ? [token] : []), ...known]) {
    const value = given[name] ?? (isOptional ? '' : null)
    if (typeof value !== 'string') return null
    if (value !== '' || !isOptional) fields[name] = value
  }
  return fields
}
