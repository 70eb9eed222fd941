import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it.each([
  ['single-flight.ts', 'src/platform/single-flight.ts'],
  ['base64url.ts', 'src/platform/crypto/base64url.ts'],
])(
  '%s of @latchkey/verify, which is published alone, equals %s of the server',
  (file, original) => {
    expect(textOf(`packages/verify/src/${file}`)).toBe(textOf(original))
  },
)
