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

/** One failure more of an address; what was counted before `since` is forgotten. */
export async function countFailure(query: QueryFn, addressKey: Buffer, now: Date, since: Date) {
  const [row] = await query<CountedFailure>(countStatement, [addressKey, now, since])
  if (!row) throw new Error('an insert returned no row')
  return row
}

const releaseStatement = {
  name: 'uncount-guess',
  text: 'UPDATE guess_counts SET failures = failures - 1 WHERE address_key = $1::bytea AND failures > 0',
}

/** The guess was not evaluated after all. */
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

/** True for one caller in all the time since `unlessSince`: the number of rows is the verdict. */
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

/** Where somebody signed in from before. */
export interface KnownNetwork {
  readonly userId: string
  readonly network: string
}

const countFromStatement = {
  name: 'count-guess-from-known',
  text: `
    UPDATE known_addresses SET failures = failures + 1
    WHERE user_id = $1::uuid AND network = $2 RETURNING failures`,
}

/** The failures from there since the last success; null when the network is no longer known. */
export async function countFailureFrom(query: QueryFn, { userId, network }: KnownNetwork) {
  const [row] = await query<{ failures: number }>(countFromStatement, [userId, network])
  return row?.failures ?? null
}

const resetFromStatement = {
  name: 'reset-guesses-from-known',
  text: 'UPDATE known_addresses SET failures = 0 WHERE user_id = $1::uuid AND network = $2',
}

/** A success from there: its failures are forgotten. */
export async function resetFailuresFrom(query: QueryFn, { userId, network }: KnownNetwork) {
  await query(resetFromStatement, [userId, network])
}

const releaseFromStatement = {
  name: 'uncount-guess-from-known',
  text: `
    UPDATE known_addresses SET failures = failures - 1
    WHERE user_id = $1::uuid AND network = $2 AND failures > 0`,
}

/** The guess was not evaluated after all. Relative: failures that were counted meanwhile stay counted. */
export async function releaseFailureFrom(query: QueryFn, { userId, network }: KnownNetwork) {
  await query(releaseFromStatement, [userId, network])
}

export async function deleteKnownNetwork(db: Db, { userId, network }: KnownNetwork) {
  await db.knownAddress.deleteMany({ where: { userId, network } })
}
