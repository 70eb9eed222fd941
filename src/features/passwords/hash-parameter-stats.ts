import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import {
  parseParameters,
  type Argon2Parameters,
} from '../../platform/crypto/password-hashing/phc-string.js'
import type { Database } from '../../platform/database/database.js'
import { sampleParameters } from './hash-parameter-stats.store.js'
import type { Job } from '../../platform/jobs.js'

export interface HashParameterStatsDeps {
  readonly database: Database
  readonly digest: KeyedDigest
}

export type HashParameterStats = ReturnType<typeof createHashParameterStats>

interface ParameterShare {
  readonly parameters: Argon2Parameters
  /** The shares up to this one, as a part of all: the last one is 1. */
  readonly cumulativeShare: number
}

/**
 * Which Argon2 parameters the stored hashes have, and how often. After the parameters were raised, accounts with older
 * hashes take another time than those with new ones, so an unknown address needs the same mixture: else one time would
 * be that of accounts alone.
 */
export function createHashParameterStats({ database, digest }: HashParameterStatsDeps) {
  let shares: readonly ParameterShare[] = []

  /** Reads a sample of the hashes: some 500 pages of the table at most. */
  async function sample() {
    const rows = await sampleParameters(database.db)
    // In a fixed order: when one share grows at the cost of another, few addresses change theirs.
    const parsedRows = rows
      .toSorted((a, b) => (a.parameters < b.parameters ? -1 : 1))
      .flatMap(({ parameters, count }) => {
        const parsed = parseParameters(parameters)
        return parsed ? [{ made: parsed, count }] : []
      })
    const total = parsedRows.reduce((sum, { count }) => sum + count, 0)
    let sum = 0
    shares = parsedRows.map(({ made, count }) => {
      sum += count
      return { parameters: made, cumulativeShare: sum / total }
    })
  }

  return {
    sample,

    jobs: [
      { name: 'sample password hashes', runsOn: 'each', intervalMs: 600_000, run: sample },
    ] satisfies Job[],

    /** For an address without a hash: always the same, as an account's are. Null when there are no hashes yet. */
    dummyParametersFor(email: string): Argon2Parameters | null {
      const position = digest(email).readUInt32BE() / 2 ** 32
      return shares.find(({ cumulativeShare }) => position < cumulativeShare)?.parameters ?? null
    },
  }
}
