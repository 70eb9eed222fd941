import type { Db, Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

export interface CountedFailure {
  /** Failures since the last reset, this one included. */
  readonly failures: number
  readonly notifiedAt: Date | null
}

const countStatement = {
  name: 'count-guess',
  text: `
    INSERT INTO guess_counts AS g (address_key, failures, last_failure_at)
    VALUES ($1::bytea, 1, $2::timestamptz)
    ON CONFLICT (address_key) DO UPDATE SET last_failure_at = EXCLUDED.last_failure_at,
      failures = CASE WHEN g.last_failure_at > $3::timestamptz THEN g.failures + 1 ELSE 1 END
    RETURNING failures, notified_at AS "notifiedAt"`,
}

/** Adds one failure of an address. Failures from before `since` are dropped. */
export async function countFailure(query: QueryFn, addressKey: Buffer, now: Date, since: Date) {
  const [row] = await query<CountedFailure>(countStatement, [addressKey, now, since])
  if (!row) throw new Error('an insert returned no row')
  return row
}

const releaseStatement = {
  name: 'uncount-guess',
  text: 'UPDATE guess_counts SET failures = failures - 1 WHERE address_key = $1::bytea AND failures > 0',
}

/** Takes one failure back: the guess was not evaluated. */
export async function releaseFailure(query: QueryFn, addressKey: Buffer) {
  await query(releaseStatement, [addressKey])
}

const resetStatement = {
  name: 'forget-guesses',
  text: 'DELETE FROM guess_counts WHERE address_key = $1::bytea',
}

export async function resetFailures(db: Tx | QueryFn, addressKey: Buffer) {
  await queryOn(db)(resetStatement, [addressKey])
}

/** Reserves the notice. True for one caller if the last notice was before `notifiedBefore`: the row count decides. */
export async function reserveNotice(
  tx: Tx,
  addressKey: Buffer,
  { now, notifiedBefore }: { now: Date; notifiedBefore: Date },
) {
  const { count } = await tx.guessCount.updateMany({
    where: {
      addressKey: new Uint8Array(addressKey),
      OR: [{ notifiedAt: null }, { notifiedAt: { lte: notifiedBefore } }],
    },
    data: { notifiedAt: now },
  })
  return count > 0
}

export const deleteGuessCounts = (tx: Tx, before: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM guess_counts WHERE address_key IN (
      SELECT address_key FROM guess_counts WHERE last_failure_at < ${before}
      ORDER BY last_failure_at LIMIT ${limit})`

/** A network from which the account signed in before. */
export interface KnownNetwork {
  readonly userId: string
  readonly network: string
}

const countFromNetworkStatement = {
  name: 'count-guess-from-known',
  text: `
    UPDATE known_addresses SET failures = failures + 1
    WHERE user_id = $1::uuid AND network = $2 RETURNING failures`,
}

/**
 * Adds one failure from a known network and returns their number since the last success. Null if the network is no
 * longer known.
 */
export async function countFailureFrom(query: QueryFn, { userId, network }: KnownNetwork) {
  const [row] = await query<{ failures: number }>(countFromNetworkStatement, [userId, network])
  return row?.failures ?? null
}

const resetFromNetworkStatement = {
  name: 'reset-guesses-from-known',
  text: 'UPDATE known_addresses SET failures = 0 WHERE user_id = $1::uuid AND network = $2',
}

/** Resets the failures of a known network after a success. */
export async function resetFailuresFrom(query: QueryFn, { userId, network }: KnownNetwork) {
  await query(resetFromNetworkStatement, [userId, network])
}

const releaseFromNetworkStatement = {
  name: 'uncount-guess-from-known',
  text: `
    UPDATE known_addresses SET failures = failures - 1
    WHERE user_id = $1::uuid AND network = $2 AND failures > 0`,
}

/** Takes one failure back: the guess was not evaluated. Decrements, so concurrent failures stay counted. */
export async function releaseFailureFrom(query: QueryFn, { userId, network }: KnownNetwork) {
  await query(releaseFromNetworkStatement, [userId, network])
}

export async function deleteKnownNetwork(db: Db, { userId, network }: KnownNetwork) {
  await db.knownAddress.deleteMany({ where: { userId, network } })
}
