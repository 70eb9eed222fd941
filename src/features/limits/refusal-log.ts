import type { Logger } from 'pino'
import type { Clock } from '../../platform/clock.js'
import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import type { ExhaustedBudget } from '../../platform/errors.js'
import type { RequestInfo } from '../../platform/http/request-info.js'

/** An attempt that was not looked at. */
export interface RefusedAttempt extends ExhaustedBudget {
  /** Null where a guess is answered like a wrong one. */
  readonly mutation: string | null
}

/** The first refused guess at an account since the last ones were recorded. */
export interface RefusedGuess {
  /** The address that was typed; an account may have it or not. */
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

/** Milliseconds in which the refusals of one budget are one line of the log, and one event of its account. */
export const refusalWindowMs = 60 * 60_000

// Some 5 MB at the most. What a flood adds beyond it is counted together.
const maxBudgets = 10_000
const maxGuesses = 1_000

/**
 * Leaves a trace of refused attempts that no flood can make long: a line in the log for the first refusal of a budget
 * within an hour, and another one at the end, with the number of the others. Budgets are named by a keyed hash: no
 * address that was typed gets into a log.
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

    /** The guesses that are still to be recorded; `done` when they are. */
    pendingGuesses: () => [...pendingGuesses.values()],
    markRecorded(recorded: readonly RefusedGuess[]) {
      for (const { account } of recorded) pendingGuesses.delete(account)
    },

    /** Logs how many more attempts were refused, for each budget whose hour is over. */
    logSummaries() {
      const now = clock.now().getTime()
      for (const [budget, { mutation, per, at, more }] of budgets) {
        if (now - at.getTime() < refusalWindowMs) continue
        budgets.delete(budget)
        if (more > 0) log.warn({ mutation, per, budget, more }, 'more attempts were refused')
      }
      if (overflowCount > 0)
        log.warn({ more: overflowCount }, 'attempts at many more budgets were refused')
      overflowCount = 0
    },
  }
}
