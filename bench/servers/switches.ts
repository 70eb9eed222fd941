import type { Optimizations } from '../../src/compose/config/optimizations.js'

const off = {
  batching: { batching: false },
  'node-rs': { argon2Engine: 'argon2' },
  'hashing-process': { hashingProcess: false },
} as const satisfies Record<string, Partial<Optimizations>>

/** An optimization that can be switched off. */
export type Switch = keyof typeof off
export const switches = Object.keys(off) as Switch[]

export const optimizationsWithout = (names: readonly string[]) =>
  switches
    .filter((name) => names.includes(name))
    .reduce<Partial<Optimizations>>((all, name) => ({ ...all, ...off[name] }), {})
