import { parse } from 'node:querystring'
import type { Page } from './define-page.js'

export type FormFields = Readonly<Record<string, string>>

/** The token of the link that was opened; null when there is none, or more than one. */
export function readToken(query: unknown): string | null {
  const { token } = query as Record<string, unknown>
  return typeof token === 'string' && token !== '' ? token : null
}

/**
 * A body of a form. Browsers write it in ASCII, all else as escapes of UTF-8: read leniently, two different passwords
 * could become one. What cannot be read has no fields; nothing may be thrown here.
 */
export const parseForm = (text: string) => (isEscapedUtf8(text) ? { ...parse(text) } : {})

function isEscapedUtf8(text: string) {
  try {
    return /^[\x20-\x7e]*$/.test(text) && decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

/** What was filled in, by the names of the page's fields; null when one of them is missing or there twice. */
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
