// Two libraries compute the same function. A deployment may switch between them at any restart.
import { describe, expect, it, test } from 'vitest'
import { loadEngine } from '../../src/platform/crypto/password-hashing/argon2-engine.js'
import { dummyHash, parametersOf } from '../../src/platform/crypto/password-hashing/phc-string.js'

const engines = await Promise.all([loadEngine('argon2'), loadEngine('node-rs')])
const pairs = engines.flatMap((one) => engines.map((other) => [one, other] as const))

/** Extremes of the allowed settings: KiB, passes, lanes. */
const extremeSettings = [
  [7_168, 5, 1],
  [7_168, 20, 16],
  [19_456, 2, 1],
  [19_457, 2, 3],
  [47_104, 1, 1],
  [262_144, 1, 1],
  [262_144, 1, 16],
] as const

describe.each(pairs.map(([maker, reader]) => ({ maker, reader })))(
  'a hash by $maker.name, read by $reader.name',
  ({ maker, reader }) => {
    test.each(extremeSettings)(
      'verifies, at m=%d, t=%d, p=%d',
      async (memoryKib, iterations, parallelism) => {
        const parameters = { memoryKib, iterations, parallelism }
        const stored = await maker.hash('correct horse', parameters)
        expect(parametersOf(stored)).toEqual(parameters)
        expect(await reader.verify(stored, 'correct horse')).toBe(true)
        expect(await reader.verify(stored, 'correct horsf')).toBe(false)
      },
    )

    test.each([
      ['is empty', '', ' '],
      ['is not ASCII', 'pässwörd 🙂 密码', 'pässwörd 🙃 密码'],
      ['is composed', 'caf\u00e9', 'cafe\u0301'],
      ['has 1,024 bytes', '🐘'.repeat(256), `${'🐘'.repeat(255)}🐪`],
      ['has half a character', 'a\ud800b', 'ab'],
      ['has a NUL', 'a\0b', 'a'],
    ])('accepts only the exact password where it %s', async (_, password, other) => {
      const stored = await maker.hash(password, { memoryKib: 7_168, iterations: 1, parallelism: 1 })
      expect(await reader.verify(stored, password)).toBe(true)
      expect(await reader.verify(stored, other)).toBe(false)
    })
  },
)

describe.each(engines)('$name', (engine) => {
  const parameters = { memoryKib: 19_456, iterations: 2, parallelism: 1 }

  it('writes 16 random bytes of salt and a tag of 32 bytes, as every library reads them', async () => {
    const hashes = await Promise.all([1, 2].map(() => engine.hash('x', parameters)))
    const hashPattern = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([A-Za-z\d+/]{22})\$[A-Za-z\d+/]{43}$/
    const salts = hashes.map((text) => hashPattern.exec(text)?.[1] ?? '')
    expect(salts.map((salt) => Buffer.from(salt, 'base64').length)).toEqual([16, 16])
    expect(new Set(salts).size).toBe(2)
  })

  it('does the same work for an unknown account, and never accepts', async () => {
    const dummy = dummyHash(parameters)
    expect(parametersOf(dummy)).toEqual(parameters)
    expect(dummy).toHaveLength((await engine.hash('x', parameters)).length)
    for (const password of ['', 'x', 'AAAA']) {
      expect(await engine.verify(dummy, password)).toBe(false)
    }
  })

  it('does not report a wrong password when it cannot compute the hash', async () => {
    await expect(engine.verify('no hash', 'x')).rejects.toThrow()
  })
})
