import type { Db, Tx } from '../../platform/database/database.js'
import { askThrough, type Ask } from '../../platform/database/hot-statements.js'

export interface CountedFailure {
  /** Failures since the last reset, this one included. */
  readonly failures: number
  readonly notifiedAt: Date | null
}

const count = {
  name: 'count-guess',
  text: `
    INSERT INTO guess_counts AS g (address_key, failures, last_failure_at)
    VALUES ($1::bytea, 1, $2::timestamptz)
    ON CONFLICT (address_key) DO UPDATE SET last_failure_at = EXCLUDED.last_failure_at,
      failures = CASE WHEN g.last_failure_at > $3::timestamptz THEN g.failures + 1 ELSE 1 END
    RETURNING failures, notified_at AS "notifiedAt"`,
}

/** One failure more of an address; what was counted before `since` is forgotten. */
export async function countFailure(ask: Ask, addressKey: Buffer, now: Date, since: Date) {
  const [row] = await ask<CountedFailure>(count, [addressKey, now, since])
  if (!row) throw new Error('an insert returned no row')
  return row
}

const uncount = {
  name: 'uncount-guess',
  text: 'UPDATE guess_counts SET failures = failures - 1 WHERE address_key = $1::bytea AND failures > 0',
}

/** The guess was not evaluated after all. */
export async function uncountFailure(ask: Ask, addressKey: Buffer) {
  await ask(uncount, [addressKey])
}

const forget = {
  name: 'forget-guesses',
  text: 'DELETE FROM guess_counts WHERE address_key = $1::bytea',
}

export async function forgetFailures(db: Tx | Ask, addressKey: Buffer) {
  await askThrough(db)(forget, [addressKey])
}

/** True for one caller in all the time since `unlessSince`: the number of rows is the verdict. */
export async function takeNotice(
  tx: Tx,
  addressKey: Buffer,
  { now, unlessSince }: { now: Date; unlessSince: Date },
) {
  const { count: taken } = await tx.guessCount.updateMany({
    where: {
      addressKey: new Uint8Array(addressKey),
      OR: [{ notifiedAt: null }, { notifiedAt: { lte: unlessSince } }],
    },
    data: { notifiedAt: now },
  })
  return taken > 0
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

const countThere = {
  name: 'count-guess-from-known',
  text: `
    UPDATE known_addresses SET failures = failures + 1
    WHERE user_id = $1::uuid AND network = $2 RETURNING failures`,
}

/** The failures from there since the last success; null when the network is no longer known. */
export async function countFailureFrom(ask: Ask, { userId, network }: KnownNetwork) {
  const [row] = await ask<{ failures: number }>(countThere, [userId, network])
  return row?.failures ?? null
}

const resetThere = {
  name: 'reset-guesses-from-known',
  text: 'UPDATE known_addresses SET failures = 0 WHERE user_id = $1::uuid AND network = $2',
}

/** A success from there: its failures are forgotten. */
export async function resetFailuresFrom(ask: Ask, { userId, network }: KnownNetwork) {
  await ask(resetThere, [userId, network])
}

const uncountThere = {
  name: 'uncount-guess-from-known',
  text: `
    UPDATE known_addresses SET failures = failures - 1
    WHERE user_id = $1::uuid AND network = $2 AND failures > 0`,
}

/** The guess was not evaluated after all. Relative: failures that were counted meanwhile stay counted. */
export async function uncountFailureFrom(ask: Ask, { userId, network }: KnownNetwork) {
  await ask(uncountThere, [userId, network])
}

export async function forgetNetwork(db: Db, { userId, network }: KnownNetwork) {
  await db.knownAddress.deleteMany({ where: { userId, network } })
}
