import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import {
  readParameters,
  type Argon2Parameters,
} from '../../platform/crypto/password-hashing/phc-string.js'
import type { Database } from '../../platform/database/database.js'
import { sampleParameters } from './hash-population.store.js'
import type { Job } from '../../platform/jobs.js'

export interface HashPopulationNeeds {
  readonly database: Database
  readonly digest: KeyedDigest
}

export type HashPopulation = ReturnType<typeof createHashPopulation>

interface Share {
  readonly parameters: Argon2Parameters
  /** The shares up to this one, as a part of all: the last one is 1. */
  readonly upTo: number
}

/**
 * Which Argon2 parameters the stored hashes have, and how often. After the parameters were raised, accounts with older
 * hashes take another time than those with new ones, so an unknown address needs the same mixture: else one time would
 * be that of accounts alone.
 */
export function createHashPopulation({ database, digest }: HashPopulationNeeds) {
  let shares: readonly Share[] = []

  /** Reads a sample of the hashes: some 500 pages of the table at most. */
  async function sample() {
    const rows = await sampleParameters(database.db)
    // In a fixed order: when one share grows at the cost of another, few addresses change theirs.
    const known = rows
      .toSorted((a, b) => (a.parameters < b.parameters ? -1 : 1))
      .flatMap(({ parameters, count }) => {
        const made = readParameters(parameters)
        return made ? [{ made, count }] : []
      })
    const all = known.reduce((sum, { count }) => sum + count, 0)
    let sum = 0
    shares = known.map(({ made, count }) => {
      sum += count
      return { parameters: made, upTo: sum / all }
    })
  }

  return {
    sample,

    jobs: [
      { name: 'sample password hashes', by: 'each', every: 600_000, run: sample },
    ] satisfies Job[],

    /** For an address without a hash: always the same, as an account's are. Null when there are no hashes yet. */
    standInFor(address: string): Argon2Parameters | null {
      const point = digest(address).readUInt32BE() / 2 ** 32
      return shares.find(({ upTo }) => point < upTo)?.parameters ?? null
    },
  }
}
