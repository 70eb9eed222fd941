import { Prisma } from '../../generated/prisma/client.js'
import type { Db, Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

/** A stored e-mail for the delivery. */
export interface EmailJob {
  readonly id: string
  /** The name of its EmailKind. */
  readonly kind: string
  readonly recipient: string
  readonly accountId: string | null
  readonly locale: string | null
  readonly details: Readonly<Record<string, string>>
  readonly sealedToken: string | null
  readonly createdAt: Date
  readonly giveUpAt: Date
  /**
   * The number of tries, including the current one. The next claim has another number, so an expired claim changes
   * nothing.
   */
  readonly attempts: number
}

export type NewEmailJob = Omit<EmailJob, 'sealedToken' | 'attempts'> & { readonly dueAt: Date }

const insertStatement = {
  name: 'new-email-job',
  text: `
    INSERT INTO outbox_messages
      (id, kind, recipient, account_id, locale, details, created_at, due_at, give_up_at)
    VALUES ($1::uuid, $2, $3, $4::uuid, $5, $6::jsonb, $7::timestamptz, $8::timestamptz, $9::timestamptz)`,
}

export async function insertEmailJob(tx: Tx | QueryFn, job: NewEmailJob) {
  const { id, kind, recipient, accountId, locale, details, createdAt, dueAt, giveUpAt } = job
  const values = [id, kind, recipient, accountId, locale, JSON.stringify(details)]
  await queryOn(tx)(insertStatement, [...values, createdAt, dueAt, giveUpAt])
}

/**
 * Claims due e-mails for the length of the lease. Claims only the first e-mail to each recipient: an e-mail must not
 * arrive before the earlier e-mail that it replaces. Claims new e-mails first: some relays never answer for some
 * recipients, and such e-mails must not delay the others.
 */
export const claimEmailJobs = (
  db: Db,
  { now, leaseEnd, limit }: { now: Date; leaseEnd: Date; limit: number },
) =>
  db.$queryRaw<EmailJob[]>`
    UPDATE outbox_messages SET due_at = ${leaseEnd}, attempts = attempts + 1
    WHERE id IN (
      SELECT m.id FROM outbox_messages m
      WHERE m.status = 'WAITING' AND m.due_at <= ${now} AND NOT EXISTS (
        SELECT 1 FROM outbox_messages earlier
        WHERE earlier.status = 'WAITING' AND earlier.recipient = m.recipient AND earlier.id < m.id)
      ORDER BY m.attempts, m.due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, recipient, account_id AS "accountId", locale, details, sealed_token AS "sealedToken",
      created_at AS "createdAt", give_up_at AS "giveUpAt", attempts`

type Claim = Pick<EmailJob, 'id' | 'attempts'>
const whereClaimed = ({ id, attempts }: Claim) => ({ id, attempts, status: 'WAITING' as const })

/**
 * Stores the token of the link for the next try, and the account if it is not known yet. False when the claim has
 * expired.
 */
export async function saveLinkToken(
  tx: Tx,
  claim: Claim & Pick<EmailJob, 'accountId'>,
  { accountId, sealedToken }: { accountId: string; sealedToken: string },
) {
  const { count } = await tx.outboxMessage.updateMany({
    where: whereClaimed(claim),
    data: { accountId: claim.accountId ?? accountId, sealedToken },
  })
  return count > 0
}

export async function finishEmailJob(
  db: Db,
  claim: Claim,
  result: { status: 'SENT' | 'DEAD'; finishedAt: Date; lastError: string | null },
) {
  await db.outboxMessage.updateMany({
    where: whereClaimed(claim),
    data: { ...result, sealedToken: null },
  })
}

export async function rescheduleEmailJob(
  db: Db,
  claim: Claim,
  { dueAt, lastError }: { dueAt: Date; lastError: string },
) {
  await db.outboxMessage.updateMany({ where: whereClaimed(claim), data: { dueAt, lastError } })
}

/** Counts the e-mails of a kind that an address got after a given time: all, and those for one account. */
export async function countSent(
  db: Db,
  { kind, recipient, accountId }: Pick<EmailJob, 'kind' | 'recipient' | 'accountId'>,
  since: Date,
) {
  const [row] = await db.$queryRaw<{ all: number; own: number }[]>`
    SELECT count(*)::int AS all, count(*) FILTER (WHERE account_id = ${accountId}::uuid)::int AS own
    FROM outbox_messages
    WHERE recipient = ${recipient} AND kind = ${kind} AND status = 'SENT' AND finished_at > ${since}`
  return row ?? { all: 0, own: 0 }
}

export async function deleteWaitingEmailJobs(tx: Tx, kind: string, recipient: string) {
  await tx.outboxMessage.deleteMany({ where: { kind, recipient, status: 'WAITING' } })
}

/**
 * Deletes finished e-mails except those sent after the given time. Detaches the remaining e-mails from the account.
 */
export async function detachEmailJobs(tx: Tx, accountId: string, since: Date) {
  const expired = { status: { not: 'WAITING' }, finishedAt: { lte: since } } as const
  const dead = { status: 'DEAD' } as const
  await tx.outboxMessage.deleteMany({ where: { accountId, OR: [expired, dead] } })
  await tx.outboxMessage.updateMany({
    where: { accountId },
    data: { accountId: null, details: {} },
  })
}

/** Deletes an e-mail without a recipient. */
export async function deleteEmailJob(db: Db, claim: Claim) {
  await db.outboxMessage.deleteMany({ where: whereClaimed(claim) })
}

/** An unsent e-mail, as operators see it. */
export interface UnsentEmailJob extends Omit<
  EmailJob,
  'accountId' | 'locale' | 'details' | 'sealedToken' | 'giveUpAt'
> {
  readonly status: 'WAITING' | 'DEAD'
  readonly dueAt: Date
  readonly finishedAt: Date | null
  readonly lastError: string | null
}

/**
 * Returns the dead letters first. Raw SQL: Prisma would send the status as a parameter, and PostgreSQL then uses no
 * partial index.
 */
export const listUnsentEmailJobs = (db: Db, limit: number) =>
  db.$queryRaw<UnsentEmailJob[]>`
    SELECT id, kind, status::text, recipient, attempts, created_at AS "createdAt",
      due_at AS "dueAt", finished_at AS "finishedAt", last_error AS "lastError"
    FROM outbox_messages WHERE status <> 'SENT' ORDER BY outbox_messages.status DESC, id LIMIT ${limit}`

export const listEmailJobsOf = (db: Db, accountId: string, except: string) =>
  db.outboxMessage.findMany({
    where: { accountId, kind: { not: except } },
    orderBy: { id: 'asc' },
    select: { kind: true, recipient: true, status: true, createdAt: true, finishedAt: true },
  })

export async function countUnsentEmailJobs(db: Db) {
  const [row] = await db.$queryRaw<{ waiting: number; dead: number }[]>`
    SELECT count(*) FILTER (WHERE status = 'WAITING')::int AS waiting,
      count(*) FILTER (WHERE status = 'DEAD')::int AS dead
    FROM outbox_messages WHERE status <> 'SENT'`
  return row ?? { waiting: 0, dead: 0 }
}

/** Starts again with a new token and the full retry period. */
export async function requeueEmailJobs(
  db: Db | Tx,
  ids: readonly string[] | null,
  { now, giveUpAt }: { now: Date; giveUpAt: Date },
) {
  const { count } = await db.outboxMessage.updateMany({
    where: { status: 'DEAD', ...(ids && { id: { in: [...ids] } }) },
    data: { status: 'WAITING', dueAt: now, giveUpAt, attempts: 0, finishedAt: null },
  })
  return count
}

export const deleteFinishedEmailJobs = (
  db: Db,
  { sent, dead }: { sent: Date; dead: Date },
  limit: number,
): Promise<number> => {
  const expired = Prisma.sql`(status = 'SENT' AND finished_at < ${sent}) OR (status = 'DEAD' AND finished_at < ${dead})`
  return db.$executeRaw`
    DELETE FROM outbox_messages WHERE id IN (
      SELECT id FROM outbox_messages WHERE status <> 'WAITING' AND finished_at < ${sent} AND (${expired})
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)`
}
