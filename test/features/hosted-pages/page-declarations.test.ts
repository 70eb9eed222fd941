import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { definePage, type Page } from '../../../src/features/hosted-pages/define-page.js'
import { pages } from '../../../src/features/hosted-pages/pages.js'

it('the list contains every page of the files *.page.ts', async () => {
  const folder = new URL('../../../src/features/hosted-pages/pages/', import.meta.url)
  const declared = await Promise.all(
    readdirSync(folder).map(async (file) => {
      const module = (await import(new URL(file, folder).href)) as Record<string, Page>
      const [page, ...others] = Object.values(module)
      expect(others, file).toEqual([])
      expect(`/${file}`).toBe(`${page?.path ?? ''}.page.ts`)
      return page
    }),
  )
  expect(new Set(declared)).toEqual(new Set(pages))
  expect(pages).toHaveLength(declared.length)
})

describe('these do not compile:', () => {
  const password = { name: 'password', type: 'password', autocomplete: 'current-password' } as const
  const email = { name: 'email', type: 'email', autocomplete: 'email' } as const
  const options = { path: '/x', hasToken: true, document: 'mutation X { x }' }
  const common = {
    heading: 'x',
    intro: () => 'x',
    button: 'x',
    note: null,
    done: { heading: 'x', text: 'x' },
    newLinkNote: null,
  }
  const labels = { label: 'x', errorText: 'x' }
  const text = { ...common, fields: { password: labels } }
  const all = { en: text, de: text, es: text }

  it('a page with a missing language', () => {
    definePage({ ...options, fields: [password], texts: all })
    // @ts-expect-error Spanish is missing.
    definePage({ ...options, fields: [password], texts: { en: text, de: text } })
  })

  it('a field without its texts, or texts without their field', () => {
    const both = { ...common, fields: { password: labels, email: labels } }
    definePage({
      ...options,
      fields: [password, email],
      texts: { en: both, de: both, es: both },
    })
    // @ts-expect-error The second field has no texts in any language.
    definePage({ ...options, fields: [password, email], texts: all })
    const bothButSpanish = { en: both, de: both, es: text }
    // @ts-expect-error The second field has no texts in one language.
    definePage({ ...options, fields: [password, email], texts: bothButSpanish })
    const es = { ...common, fields: { password: { label: 'x' } } }
    // @ts-expect-error The text for a wrong value is missing.
    definePage({ ...options, fields: [password], texts: { ...all, es } })
    definePage({
      ...options,
      fields: [password],
      // @ts-expect-error The page has no such field.
      texts: { ...all, es: { ...common, fields: { password: labels, email: labels } } },
    })
  })

  it('a page without fields', () => {
    // @ts-expect-error A mail scanner could press its button.
    definePage({ ...options, fields: [], texts: all })
  })
})
