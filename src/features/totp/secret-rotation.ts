import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database } from '../../platform/database/database.js'
import { StartupError } from '../../platform/errors.js'
import { createCleanupJob } from '../../platform/jobs.js'
import {
  listOutdatedHeaders,
  listOutdatedSecrets,
  replaceSealedSecret,
  type SealedSecret,
} from './sealed-secrets.store.js'

const batchSize = 200

export type SecretRotation = ReturnType<typeof createSecretRotation>

/** Encrypts the secrets of authenticator apps with the new secret after a rotation of AUTH_SECRET. */
export function createSecretRotation({ database, sealer }: { database: Database; sealer: Sealer }) {
  const { db } = database

  /** Encrypts one secret with the current secret of AUTH_SECRET when it is used. */
  async function resealIfOutdated(row: SealedSecret, secret: string) {
    if (!sealer.isOutdated(row.sealedSecret)) return
    await replaceSealedSecret(db, row, await sealer.seal(secret))
  }

  /** Continues until all secrets are encrypted with the current secret, or the process stops. */
  async function reseal() {
    const currentHeader = await sealer.readCurrentHeader()
    let after: string | null = null
    for (;;) {
      const page = { after, limit: batchSize }
      const outdated = await listOutdatedSecrets(db, currentHeader, page)
      for (const row of outdated) {
        const secret = await sealer.open(row.sealedSecret)
        await replaceSealedSecret(db, row, await sealer.seal(secret))
      }
      if (outdated.length < batchSize) return
      after = outdated.at(-1)?.userId ?? null
    }
  }

  return {
    /** Throws if a secret is encrypted with a secret that AUTH_SECRET no longer contains: its user could not sign in. */
    async checkKeys() {
      const outdated = await listOutdatedHeaders(db, await sealer.readCurrentHeader())
      if (outdated.every(({ sealedSecret }) => sealer.canOpen(sealedSecret))) return
      throw new StartupError(
        'AUTH_SECRET cannot decrypt secrets of authenticator apps in the database. Add the secret that encrypted ' +
          'them to the end of the list. After a rotation, keep the old secret until `latchkey` has run for an hour.',
      )
    },

    resealIfOutdated,
    jobs: [createCleanupJob('encrypt secrets of authenticator apps again', reseal)],
  }
}
