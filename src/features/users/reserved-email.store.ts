import { Prisma } from '../../generated/prisma/client.js'

/** A confirmed change of e-mail address (`c`) that the old address can still undo. */
export const undoableCondition = (now: Date) => Prisma.sql`
  c.confirmed_at IS NOT NULL AND c.cancelled_at IS NULL AND c.undone_at IS NULL AND c.expires_at > ${now}`

/**
 * One that can be undone, for which nobody else gets the old address. An unverified address is not reserved, or anybody
 * could keep strangers from registering theirs.
 */
export const reservingCondition = (now: Date) =>
  Prisma.sql`c.old_email_verified AND ${undoableCondition(now)}`
