// Common rules of the three packages, which are published separately.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const textOf = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

interface Manifest {
  readonly version: string
  readonly license: string
  readonly publishConfig: object
}
const manifestOf = (folder: string) => JSON.parse(textOf(`${folder}package.json`)) as Manifest

describe.each(['packages/client/', 'packages/verify/'])('%s', (folder) => {
  it('is published like the server, with its version and licence', () => {
    const { version, license, publishConfig } = manifestOf('')
    const manifest = manifestOf(folder)
    expect(manifest).toMatchObject({ version, license, publishConfig })
    expect(manifest).not.toHaveProperty('private')
    expect(textOf(`${folder}LICENSE`)).toBe(textOf('LICENSE'))
  })
})

describe('@latchkey/verify', () => {
  it.each([
    ['single-flight.ts', 'src/platform/single-flight.ts'],
    ['base64url.ts', 'src/platform/crypto/base64url.ts'],
  ])('has a copy of %s that equals %s', (file, original) => {
    expect(textOf(`packages/verify/src/${file}`)).toBe(textOf(original))
  })
})
