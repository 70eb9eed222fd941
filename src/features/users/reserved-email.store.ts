import { Prisma } from '../../generated/prisma/client.js'

/** A confirmed change of e-mail address (`c`) that the old address can still undo. */
export const undoableCondition = (now: Date) => Prisma.sql`
  c.confirmed_at IS NOT NULL AND c.cancelled_at IS NULL AND c.undone_at IS NULL AND c.expires_at > ${now}`

/**
 * An undoable change that reserves the old address: no other account gets it. Unverified addresses are not reserved.
 * Otherwise an attacker could prevent other people from registering their addresses.
 */
export const reservingCondition = (now: Date) =>
  Prisma.sql`c.old_email_verified AND ${undoableCondition(now)}`
