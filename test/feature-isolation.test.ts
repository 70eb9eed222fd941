// Code below the features names none of their mutations, pages, e-mails or error codes. A new feature therefore changes
// no file there.
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { emailKinds, features } from '../src/compose/features.js'
import { AuthenticationMethod } from '../src/generated/prisma/enums.js'
import { mutationNames } from './support/app/every-mutation.js'

const root = new URL('..', import.meta.url)

/** Every string literal in the code of a folder, with its file. */
function literalsIn(folder: string) {
  const found: { file: string; text: string }[] = []
  for (const name of readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const file = `${folder}/${name}`
    const text = readFileSync(new URL(file, root), 'utf8')
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
    const visit = (node: ts.Node) => {
      if (ts.isStringLiteralLike(node)) found.push({ file, text: node.text })
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return found
}

const errorCodes = features.flatMap((feature) => Object.keys(feature.errorCodes ?? {}))
const declared = new Set([
  ...mutationNames,
  ...emailKinds.flatMap(({ name, path }) => [name, ...(path === null ? [] : [path])]),
  ...errorCodes,
  ...Object.keys(AuthenticationMethod),
])

describe.each(['limits', 'mail', 'audit'])('features/%s', (name) => {
  it('names nothing that a feature above it declares', () => {
    const literals = literalsIn(`src/features/${name}`)
    expect(literals.length).toBeGreaterThan(0)
    expect(literals.filter(({ text }) => declared.has(text))).toEqual([])
  })
})

it('one feature declares each authentication method that can be stored', () => {
  const methods = features.flatMap((feature) => Object.keys(feature.authenticationMethods ?? {}))
  expect(methods.sort()).toEqual(Object.keys(AuthenticationMethod).sort())
})

it('platform/ names no mutation, page or e-mail', () => {
  const literals = literalsIn('src/platform')
  const codes = new Set(errorCodes) // some are reasons for UNAUTHENTICATED as well
  expect(literals.filter(({ text }) => declared.has(text) && !codes.has(text))).toEqual([])
})
