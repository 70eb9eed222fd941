import type { ServerPool } from './server-pool.js'
import type { Load } from './load/load.js'
import type { Options } from './options.js'
import type { Figures } from './report/figures.js'
import type { Pace } from './scenarios/rounds.js'
import { latchkey, type Variant } from './servers/latchkey.js'
import type { Redis } from './support/redis.js'

/** The arguments of every scenario. */
export interface Bench {
  readonly options: Options
  readonly serverPool: ServerPool
  readonly load: Load
  readonly redis: Redis | null
  readonly figures: Figures
  readonly logProgress: (text: string) => void
}

export type Scenario = (bench: Bench) => Promise<void>

const variants = {
  latchkey: { title: 'Latchkey', settings: { JWT_ALGORITHM: 'EdDSA' } },
  'latchkey-rs256': { title: 'Latchkey, RS256 (the default)' },
  // Without the cache, because it also contains tokens that the server itself issued.
  'latchkey-uncached': {
    ...{ title: 'Latchkey', settings: { JWT_ALGORITHM: 'EdDSA', TOKEN_CACHE_SIZE: '0' } },
  },
  'latchkey-rs256-uncached': {
    ...{ title: 'Latchkey, RS256 (the default)', settings: { TOKEN_CACHE_SIZE: '0' } },
  },
  'latchkey-embedded': {
    ...{ title: 'Latchkey, embedded database', settings: { JWT_ALGORITHM: 'EdDSA' } },
    embedded: true,
  },
} satisfies Record<string, Omit<Variant, 'name'>>

/** The variant with EdDSA, the algorithm of the native servers. */
export const latchkeyVariant = (
  name: keyof typeof variants,
  { options }: Bench,
  nodeOptions: readonly string[] = [],
) => latchkey({ name, nodeOptions, ...variants[name] }, options)

/** Latchkey with that many users. */
export const latchkeyWithUsers = (users: number, { options }: Bench) =>
  latchkey({ ...variants.latchkey, name: `latchkey-${users}` }, options)

export const createPace = ({ options }: Bench, rounds: number, seconds: number): Pace =>
  options.quick
    ? { rounds: 2, seconds: Math.min(seconds, 1), warmUpSeconds: 0.5 }
    : { rounds, seconds, warmUpSeconds: 1.5 } // by then the JIT has compiled most of the code
