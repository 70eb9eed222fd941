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
  /** The sum of the shares up to and including this one. The last one is 1. */
  readonly cumulativeShare: number
}

/**
 * The Argon2 parameters of the stored hashes and their shares. After an increase of the parameters, old and new hashes
 * take different times. Unknown addresses need the same mix: otherwise a time that only old hashes have would reveal an
 * account.
 */
export function createHashParameterStats({ database, digest }: HashParameterStatsDeps) {
  let shares: readonly ParameterShare[] = []

  /** Samples at most about 500 pages of the table. */
  async function sample() {
    const rows = await sampleParameters(database.db)
    // In a fixed order: when shares change, few addresses change their parameters.
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

    /** The parameters for an address without a hash, always the same for one address. Null while no hashes exist. */
    dummyParametersFor(email: string): Argon2Parameters | null {
      const position = digest(email).readUInt32BE() / 2 ** 32
      return shares.find(({ cumulativeShare }) => position < cumulativeShare)?.parameters ?? null
    },
  }
}
