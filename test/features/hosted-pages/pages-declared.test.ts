import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { definePage, type Page } from '../../../src/features/hosted-pages/define-page.js'
import { pages } from '../../../src/features/hosted-pages/pages.js'

it('the list has every page that a file *.page.ts declares', async () => {
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
  const rest = { path: '/x', hasToken: true, document: 'mutation X { x }' }
  const said = {
    heading: 'x',
    intro: () => 'x',
    button: 'x',
    note: null,
    done: { heading: 'x', text: 'x' },
    renew: null,
  }
  const labelled = { label: 'x', wrong: 'x' }
  const text = { ...said, fields: { password: labelled } }
  const whole = { en: text, de: text, es: text }

  it('a page that lacks a language', () => {
    definePage({ ...rest, fields: [password], texts: whole })
    // @ts-expect-error Spanish is missing.
    definePage({ ...rest, fields: [password], texts: { en: text, de: text } })
  })

  it('a field without its texts, or texts without their field', () => {
    const both = { ...said, fields: { password: labelled, email: labelled } }
    definePage({ ...rest, fields: [password, email], texts: { en: both, de: both, es: both } })
    // @ts-expect-error The second field has no texts in any language.
    definePage({ ...rest, fields: [password, email], texts: whole })
    // @ts-expect-error The second field has no texts in one language.
    definePage({ ...rest, fields: [password, email], texts: { en: both, de: both, es: text } })
    const es = { ...said, fields: { password: { label: 'x' } } }
    // @ts-expect-error The text for a wrong value is missing.
    definePage({ ...rest, fields: [password], texts: { ...whole, es } })
    definePage({
      ...rest,
      fields: [password],
      // @ts-expect-error The page has no such field.
      texts: { ...whole, es: { ...said, fields: { password: labelled, email: labelled } } },
    })
  })

  it('a page without fields', () => {
    // @ts-expect-error A scanner could press its button.
    definePage({ ...rest, fields: [], texts: whole })
  })
})
