import { Prisma } from '../../generated/prisma/client.js'
import type { Db, Tx } from '../../platform/database/database.js'

/** A message as it is handed to whoever delivers it. */
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
  /** This one included. Whoever claims it next has another number: a claim that has lapsed changes nothing. */
  readonly attempts: number
}

export type NewEmailJob = Omit<EmailJob, 'sealedToken' | 'attempts'> & { readonly dueAt: Date }

export async function insertEmailJob(tx: Tx, job: NewEmailJob) {
  await tx.outboxMessage.create({ data: job, select: { id: true } })
}

/**
 * Takes messages that are due, each for the length of the lease, and of those to one recipient only the first: what
 * replaces an earlier message must not arrive before it. New ones first: some relays keep silent about some recipients,
 * and no number of those is to hold up the rest.
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

/** Keeps the token in its link for the next try, and whose it is, unless that is known. False when the claim has lapsed. */
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

/** How many of a kind an address was sent since then, and how many of those for one account. */
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

/** Deletes what is over, but for what was sent since then; the rest no longer says whose it is. */
export async function detachEmailJobs(tx: Tx, accountId: string, since: Date) {
  const expired = { status: { not: 'WAITING' }, finishedAt: { lte: since } } as const
  const dead = { status: 'DEAD' } as const
  await tx.outboxMessage.deleteMany({ where: { accountId, OR: [expired, dead] } })
  await tx.outboxMessage.updateMany({
    where: { accountId },
    data: { accountId: null, details: {} },
  })
}

/** There was nobody to send it to. */
export async function deleteEmailJob(db: Db, claim: Claim) {
  await db.outboxMessage.deleteMany({ where: whereClaimed(claim) })
}

/** What an operator looks at. */
export interface UnsentEmailJob extends Omit<
  EmailJob,
  'accountId' | 'locale' | 'details' | 'sealedToken' | 'giveUpAt'
> {
  readonly status: 'WAITING' | 'DEAD'
  readonly dueAt: Date
  readonly finishedAt: Date | null
  readonly lastError: string | null
}

/** The dead first. In SQL: Prisma would send the status as a parameter, for which no partial index is used. */
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

/** From the beginning: another token, another day of tries. */
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
