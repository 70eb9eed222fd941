import type { Logger } from 'pino'
import type { Clock } from '../../platform/clock.js'
import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import type { ExhaustedBudget } from '../../platform/errors.js'
import type { RequestInfo } from '../../platform/http/request-info.js'

/** An attempt that was refused without being evaluated. */
export interface RefusedAttempt extends ExhaustedBudget {
  /** Null for a refused guess that gets the same answer as a wrong one. */
  readonly mutation: string | null
}

/** The first refused guess at an account since the last recorded one. */
export interface RefusedGuess {
  /** The typed address; it need not have an account. */
  readonly account: string
  readonly at: Date
  readonly request: RequestInfo
}

export interface RefusalLogDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly digest: KeyedDigest
}

export type RefusalLog = ReturnType<typeof createRefusalLog>

/** Refusals of one budget within this window (milliseconds) make one log line and one audit event of the account. */
export const refusalWindowMs = 60 * 60_000

// About 5 MB at most. Refusals of further budgets in a flood are counted together.
const maxBudgets = 10_000
const maxGuesses = 1_000

/**
 * Logs refused attempts with a bounded number of lines. The first refusal of a budget within an hour makes one line. At
 * the end of the hour, a second line gives the number of the others. A keyed hash names the budget, so no typed address
 * gets into a log.
 */
export function createRefusalLog({ clock, log, digest }: RefusalLogDeps) {
  const budgets = new Map<
    string,
    { mutation: string | null; per: string; at: Date; more: number }
  >()
  const pendingGuesses = new Map<string, RefusedGuess>()
  let overflowCount = 0

  return {
    record({ mutation, per, who, guessedAccount }: RefusedAttempt, request: RequestInfo) {
      const isNew =
        guessedAccount !== null &&
        !pendingGuesses.has(guessedAccount) &&
        pendingGuesses.size < maxGuesses
      if (isNew)
        pendingGuesses.set(guessedAccount, { account: guessedAccount, at: clock.now(), request })
      const budget = digest(JSON.stringify([mutation, per, who])).toString('base64url')
      const known = budgets.get(budget)
      if (known) {
        known.more += 1
        return
      }
      if (budgets.size >= maxBudgets) {
        overflowCount += 1
        return
      }
      budgets.set(budget, { mutation, per, at: clock.now(), more: 0 })
      log.warn({ mutation, per, budget, requestId: request.id }, 'an attempt was refused')
    },

    /** The guesses to record in the audit log. Pass the recorded ones to `markRecorded`. */
    pendingGuesses: () => [...pendingGuesses.values()],
    markRecorded(recorded: readonly RefusedGuess[]) {
      for (const { account } of recorded) pendingGuesses.delete(account)
    },

    /** Logs how many more attempts were refused, for each budget whose hour has passed. */
    logSummaries() {
      const now = clock.now().getTime()
      for (const [budget, { mutation, per, at, more }] of budgets) {
        if (now - at.getTime() < refusalWindowMs) continue
        budgets.delete(budget)
        if (more > 0) log.warn({ mutation, per, budget, more }, 'more attempts were refused')
      }
      if (overflowCount > 0)
        log.warn({ more: overflowCount }, 'attempts of many more budgets were refused')
      overflowCount = 0
    },
  }
}
