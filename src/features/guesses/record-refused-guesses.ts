import type { Audit } from '../audit/index.js'
import { refusalWindowMs, type RefusalLog } from '../limits/index.js'
import type { Database } from '../../platform/database/database.js'
import { findIdsByEmail, canonicalEmail } from '../users/index.js'
import type { Job } from '../../platform/jobs.js'
import { userOfCodeGuess } from './code-guesses.js'

export interface RecordRefusedGuessesDeps {
  readonly database: Database
  readonly audit: Audit
  readonly refusals: RefusalLog
}

/**
 * Records refused guesses in the audit log: one event per account and hour. All addresses without an account share one
 * event, so an attacker cannot fill the table. A job writes the events: a refusal needs no query, and its time reveals
 * nothing about accounts.
 */
export function createRecordRefusedGuesses(deps: RecordRefusedGuessesDeps): Job {
  const { database, audit, refusals } = deps

  async function record() {
    refusals.logSummaries()
    const guesses = refusals.pendingGuesses()
    if (guesses.length === 0) return
    const emails = guesses.flatMap(({ account }) => canonicalEmail(account) ?? [])
    const owners = await findIdsByEmail(database.db, emails)
    const events = guesses.map(({ account, at, request }) => {
      const targetId = userOfCodeGuess(account) ?? owners.get(canonicalEmail(account) ?? '') ?? null
      return {
        entry: { type: 'GUESSES_REFUSED', targetId, success: false } as const,
        at,
        client: request,
      }
    })
    await audit.recordOnce(events, refusalWindowMs)
    refusals.markRecorded(guesses)
  }

  return {
    name: 'record refused guesses',
    runsOn: 'each',
    intervalMs: 60_000,
    run: record,
    runAtStop: true,
  }
}
