import type { JWK } from 'jose'
import type { Db } from '../../platform/database/database.js'
import { StartupError } from '../../platform/errors.js'
import type { Job } from '../../platform/jobs.js'
import { singleFlight } from '../../platform/single-flight.js'
import { createJwsKey, verifyJws, signJws, type JwsKey } from './jws.js'
import { importKey, isSigningAlgorithm } from './key-material.js'
import type { PrivateKeyCipher } from './private-key-cipher.js'
import { readSigningKeys, type SigningKeyRow } from './signing-key.store.js'

// Tokens with an invented `kid` must not make every request a query (RFC 8725 §3.10): four in a second at the most. A token
// that waits for the next one is held up by a quarter of a second, and never refused for it.
const reloadIntervalMs = 250

/** RFC 7638, SHA-256: what every id of ours looks like. */
const thumbprintPattern = /^[\w-]{43}$/

export type SigningKeys = ReturnType<typeof createSigningKeys>

/** What one reading of the table comes to. */
interface KeySet {
  /** Tells whether another reading found anything new. */
  readonly fingerprint: string
  /** Signs. */
  readonly current: JwsKey
  /** Check. */
  readonly published: ReadonlyMap<string, JwsKey>
  readonly jwks: object[]
}

/**
 * The keys that access tokens are signed and verified with, as this process last read them. They live in
 * the database, so that replicas share them and a restart keeps every token valid. `load` comes first,
 * then every few seconds.
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
    if (loadNumber < appliedLoadNumber) return // one that began later was quicker
    appliedLoadNumber = loadNumber
    loaded = keySet
  }

  const throttledLoad = singleFlight(load, reloadIntervalMs)

  const keySet = () => {
    if (!loaded) throw new Error('the signing keys have not been loaded')
    return loaded
  }

  return {
    load,
    jobs: [
      { name: 'read signing keys', runsOn: 'each', intervalMs: 5_000, run: load },
    ] satisfies Job[],

    current: () => keySet().current,

    isPublished: (id: string) => keySet().published.has(id),

    /** The public key of that id; one that another replica made a moment ago is looked up. */
    find: async (id: string): Promise<JwsKey | undefined> => {
      const known = keySet().published.get(id)
      if (known || !thumbprintPattern.test(id)) return known
      await throttledLoad()
      return keySet().published.get(id)
    },

    /** RFC 7517: public parts only, of the keys that sign, will sign or have signed. */
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
  // This process trusts what it signs without a check: the published half of the key must accept it.
  const isPair = await verifyJws(await signJws({}, 'trial', current), 'trial', (id) =>
    Promise.resolve(published.get(id)),
  )
  if (!isPair) {
    throw new StartupError(
      `The halves of the signing key ${currentRow.id} do not match: restore the table signing_keys, or delete that row.`,
    )
  }
  return {
    fingerprint,
    current,
    published,
    // Apollo Router, Cosmo and Hive need `kid`, `use` and `alg` beside the key itself.
    jwks: rows.map((row) => ({ ...row.publicJwk, kid: row.id, use: 'sig', alg: row.algorithm })),
  }
}

async function importJwsKey({ id, algorithm }: SigningKeyRow, jwk: JWK): Promise<JwsKey> {
  if (!isSigningAlgorithm(algorithm)) throw new Error(`${algorithm} is none of our algorithms`)
  return createJwsKey(id, algorithm, await importKey(jwk, algorithm))
}
