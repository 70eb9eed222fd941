import type { Audit } from '../audit/index.js'
import { addMs, type Clock } from '../../platform/clock.js'
import type { Database, Tx } from '../../platform/database/database.js'
import { generateSigningKey, type SigningAlgorithm } from './key-material.js'
import type { PrivateKeyCipher } from './private-key-cipher.js'
import {
  deleteSigningKey,
  lockSigningKeys,
  insertMissingSigningKeys,
  readSigningKeys,
  replacePrivateJwe,
  setSigningKeyStatus,
  type SigningKeyRow,
} from './signing-key.store.js'
import type { Job } from '../../platform/jobs.js'

export interface KeyRotationOptions {
  /** Of the keys to be made; those that exist keep theirs. */
  readonly algorithm: SigningAlgorithm
  /** Milliseconds after which the current key is replaced by itself; 0: never. */
  readonly rotationIntervalMs: number
}

export type RotationOutcome =
  | { kind: 'rotated'; currentId: string; nextId: string }
  /** Gateways may not have seen the next key yet. */
  | { kind: 'too-soon'; allowedFrom: Date }

export type RetirementOutcome = { kind: 'retired' | 'not-found' | 'in-use' }

// Gateways cache a key set for up to ten minutes: a key has to be published that long before it signs.
const publicationLeadMs = 10 * 60_000

// The longest life that ACCESS_TOKEN_TTL allows, with clock skew: also tokens from before that was lowered.
const retiringPeriodMs = 65 * 60_000

export interface KeyRotationDeps {
  readonly database: Database
  readonly clock: Clock
  readonly cipher: PrivateKeyCipher
  readonly audit: Audit
}

/** The life of signing keys: NEXT (published), CURRENT (signs), RETIRING (verifies), RETIRED (refused). */
export function createKeyRotation(options: KeyRotationOptions, deps: KeyRotationDeps) {
  const { database, clock, cipher, audit } = deps
  const { algorithm, rotationIntervalMs } = options
  const { db } = database

  const generate = (status: 'NEXT' | 'CURRENT') =>
    generateSigningKey(algorithm, status, { cipher, now: clock.now() })

  const withLockedKeys = <T>(update: (tx: Tx, keys: SigningKeyRow[]) => Promise<T>) =>
    database.transaction(async (tx) => {
      await lockSigningKeys(tx)
      return update(tx, await readSigningKeys(tx))
    })

  /** Whether gateways have had time to see it. */
  const isPropagated = ({ createdAt }: SigningKeyRow) =>
    addMs(createdAt, publicationLeadMs) <= clock.now()

  async function rotate(
    canRotate: (keys: { current: SigningKeyRow; next: SigningKeyRow }) => boolean,
  ) {
    const newKey = await generate('NEXT') // slow: before the transaction
    return withLockedKeys(async (tx, keys): Promise<RotationOutcome> => {
      const current = getByStatus(keys, 'CURRENT')
      const next = getByStatus(keys, 'NEXT')
      if (!canRotate({ current, next })) {
        return { kind: 'too-soon', allowedFrom: addMs(next.createdAt, publicationLeadMs) }
      }
      const now = clock.now()
      await setSigningKeyStatus(tx, current.id, 'RETIRING', now)
      await setSigningKeyStatus(tx, next.id, 'CURRENT', now)
      await insertMissingSigningKeys(tx, [newKey])
      await audit.record(tx, { type: 'SIGNING_KEY_ROTATED' }, null)
      return { kind: 'rotated', currentId: next.id, nextId: newKey.id }
    })
  }

  /** By the schedule: replaces a current key that is old enough, and retires what nobody needs. */
  async function runSchedule() {
    const isDue = ({ changedAt }: SigningKeyRow) =>
      addMs(changedAt, rotationIntervalMs) <= clock.now()
    if (
      rotationIntervalMs > 0 &&
      (await readSigningKeys(db)).some((key) => hasStatus('CURRENT')(key) && isDue(key))
    ) {
      await rotate(({ current, next }) => isDue(current) && isPropagated(next))
    }
    await withLockedKeys(async (tx, keys) => {
      const now = clock.now()
      for (const { id, changedAt } of keys.filter(hasStatus('RETIRING'))) {
        if (addMs(changedAt, retiringPeriodMs) <= now) await retire(tx, id, now)
      }
    })
  }

  return {
    list: () => readSigningKeys(db),

    /** At start: a current and a next key of the right algorithm, readable by the first secret. */
    async ensureKeys() {
      const keys = await readSigningKeys(db)
      const missing = (['CURRENT', 'NEXT'] as const).filter(
        (status) => !keys.some(hasStatus(status)),
      )
      if (missing.length > 0)
        await insertMissingSigningKeys(db, await Promise.all(missing.map(generate)))
      await Promise.all(keys.map(reencryptIfOutdated))
      const next = keys.find(hasStatus('NEXT'))
      if (next && next.algorithm !== algorithm) await replaceNext()
    },

    /** Promotes the next key. Refused until gateways have had time to see it, unless forced. */
    rotate: ({ force }: { force: boolean }) => rotate(({ next }) => force || isPropagated(next)),

    runSchedule,

    jobs: [
      { name: 'rotate signing keys', runsOn: 'one', intervalMs: 60_000, run: runSchedule },
    ] satisfies Job[],

    /** At once, for a key that leaked: every token it signed is refused. The current key is rotated first. */
    retire: (id: string) =>
      withLockedKeys(async (tx, keys): Promise<RetirementOutcome> => {
        const key = keys.find((one) => one.id === id)
        if (!key || hasStatus('RETIRED')(key)) return { kind: 'not-found' }
        if (!hasStatus('RETIRING')(key)) return { kind: 'in-use' }
        await retire(tx, id, clock.now())
        return { kind: 'retired' }
      }),
  }

  async function retire(tx: Tx, id: string, now: Date) {
    await setSigningKeyStatus(tx, id, 'RETIRED', now)
    await audit.record(tx, { type: 'SIGNING_KEY_RETIRED' }, null)
  }

  async function reencryptIfOutdated({ id, privateJwe }: SigningKeyRow) {
    if (!privateJwe) return
    const jwk = await cipher.decrypt(privateJwe) // each one: what cannot be read stops the start
    if (cipher.isOutdated(privateJwe)) {
      await replacePrivateJwe(db, id, privateJwe, await cipher.encrypt(jwk))
    }
  }

  /** The algorithm was changed by setting: the next key has signed nothing yet. */
  async function replaceNext() {
    const newKey = await generate('NEXT')
    await withLockedKeys(async (tx, keys) => {
      const next = getByStatus(keys, 'NEXT')
      if (next.algorithm === algorithm) return
      await deleteSigningKey(tx, next.id)
      await insertMissingSigningKeys(tx, [newKey])
      await audit.record(tx, { type: 'SIGNING_KEY_RETIRED' }, null)
    })
  }
}

const hasStatus =
  (status: SigningKeyRow['status']) =>
  (key: SigningKeyRow): boolean =>
    key.status === status

function getByStatus(keys: SigningKeyRow[], status: SigningKeyRow['status']) {
  const key = keys.find(hasStatus(status))
  if (!key) throw new Error(`there is no ${status} signing key`)
  return key
}
