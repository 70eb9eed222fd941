/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- the test must run such code */
// The last step of every sign-in takes proofs, and only the check of a method creates one. Code that skips a check
// neither compiles nor runs.
import { expect, it } from 'vitest'
import { Proof } from '../../src/features/credentials/proof.js'

const userId = '00000000-0000-7000-8000-000000000000'
const lookalike = {
  ...{ userId, method: 'PASSWORD' as const },
  succeed: () => Promise.resolve(),
  holds: () => Promise.resolve(true),
  keep: () => Promise.resolve(),
}

it.each([
  ['no proof', []],
  ['an object that looks like one', [lookalike]],
  ['an object with its prototype', [Object.assign(Object.create(Proof.prototype), { userId })]],
] as [string, Proof[]][])('%s is refused', (_, proofs) => {
  expect(() => {
    Proof.assertSameUser(proofs)
  }).toThrow('The proofs do not belong to one user.')
})

it('an object with the same shape does not compile', () => {
  // @ts-expect-error -- Proof is nominal
  const proof: Proof = lookalike
  expect(proof).toBe(lookalike)
})
