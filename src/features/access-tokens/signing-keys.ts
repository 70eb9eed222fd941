import type { JWK } from 'jose'
import type { Db } from '../../platform/database/database.js'
import { StartupError } from '../../platform/errors.js'
import type { Job } from '../../platform/jobs.js'
import { singleFlight } from '../../platform/single-flight.js'
import { createJwsKey, verifyJws, signJws, type JwsKey } from './jws.js'
import { importKey, isSigningAlgorithm } from './key-material.js'
import type { PrivateKeyCipher } from './private-key-cipher.js'
import { readSigningKeys, type SigningKeyRow } from './signing-key.store.js'

// Tokens with an invented `kid` must not cause a query per request (RFC 8725 §3.10): at most four queries per second. A
// token that waits for the next query is delayed by 250 ms at most. It is never refused because of the limit.
const reloadIntervalMs = 250

/** A JWK thumbprint (RFC 7638, SHA-256): the format of all our key ids. */
const thumbprintPattern = /^[\w-]{43}$/

export type SigningKeys = ReturnType<typeof createSigningKeys>

/** The keys of one read of the table. */
interface KeySet {
  /** Changes if another read finds different keys or statuses. */
  readonly fingerprint: string
  /** The key that signs. */
  readonly current: JwsKey
  /** The keys that verify, by id. */
  readonly published: ReadonlyMap<string, JwsKey>
  readonly jwks: object[]
}

/**
 * The keys that sign and verify access tokens, as this process last read them. They are in the database, so replicas
 * share them and a restart keeps every token valid. Call `load` first; a job repeats it every 5 s.
 */
export function createSigningKeys({ db, cipher }: { db: Db; cipher: PrivateKeyCipher }) {
  let loaded: KeySet | undefined
  let loadCount = 0
  let appliedLoadNumber = 0

  async function load() {
    const loadNumber = (loadCount += 1)
    const rows = (await readSigningKeys(db)).filter(({ status }) => status !== 'RETIRED')
    const fingerprint = rows.map(({ id, status }) => `${id} ${status}`).join()
    if (fingerprint === loaded?.fingerprint) return
    const keySet = await createKeySet(rows, fingerprint, cipher)
    if (loadNumber < appliedLoadNumber) return // a later load finished first
    appliedLoadNumber = loadNumber
    loaded = keySet
  }

  const throttledLoad = singleFlight(load, reloadIntervalMs)

  const keySet = () => {
    if (!loaded) throw new Error('the signing keys are not loaded')
    return loaded
  }

  return {
    load,
    jobs: [
      { name: 'read signing keys', runsOn: 'each', intervalMs: 5_000, run: load },
    ] satisfies Job[],

    current: () => keySet().current,

    isPublished: (id: string) => keySet().published.has(id),

    /**
     * The public key with this id. An unknown id causes a read, because another replica may have just created the key.
     */
    find: async (id: string): Promise<JwsKey | undefined> => {
      const known = keySet().published.get(id)
      if (known || !thumbprintPattern.test(id)) return known
      await throttledLoad()
      return keySet().published.get(id)
    },

    /** A JWK set (RFC 7517): the public parts of the keys that sign, will sign or have signed. */
    jwks: () => ({ keys: keySet().jwks }),
  }
}

async function createKeySet(rows: SigningKeyRow[], fingerprint: string, cipher: PrivateKeyCipher) {
  const currentRow = rows.find(({ status }) => status === 'CURRENT')
  if (!currentRow?.privateJwe) throw new Error('there is no current signing key')
  const privateJwk = await cipher.decrypt(currentRow.privateJwe)
  const current = await importJwsKey(currentRow, privateJwk)
  const keys = rows.map(async (row) => [row.id, await importJwsKey(row, row.publicJwk)] as const)
  const published = new Map(await Promise.all(keys))
  // This process caches its own tokens without a check. So verify once that the published half accepts a signature of
  // the private half.
  const isPair = await verifyJws(await signJws({}, 'trial', current), 'trial', (id) =>
    Promise.resolve(published.get(id)),
  )
  if (!isPair) {
    throw new StartupError(
      `The private and public halves of the signing key ${currentRow.id} do not match. Restore the table signing_keys or delete that row.`,
    )
  }
  return {
    fingerprint,
    current,
    published,
    // Apollo Router, Cosmo and Hive need `kid`, `use` and `alg` next to the key.
    jwks: rows.map((row) => ({ ...row.publicJwk, kid: row.id, use: 'sig', alg: row.algorithm })),
  }
}

async function importJwsKey({ id, algorithm }: SigningKeyRow, jwk: JWK): Promise<JwsKey> {
  if (!isSigningAlgorithm(algorithm))
    throw new Error(`${algorithm} is not a supported signing algorithm`)
  return createJwsKey(id, algorithm, await importKey(jwk, algorithm))
}
