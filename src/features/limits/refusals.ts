import type { Logger } from 'pino'
import type { Clock } from '../../platform/clock.js'
import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import type { UsedUp } from '../../platform/errors.js'
import type { RequestInfo } from '../../platform/http/request-info.js'

/** An attempt that was not looked at. */
export interface Refusal extends UsedUp {
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

export interface RefusalsNeeds {
  readonly clock: Clock
  readonly log: Logger
  readonly digest: KeyedDigest
}

export type Refusals = ReturnType<typeof createRefusals>

/** Milliseconds in which the refusals of one budget are one line of the log, and one event of its account. */
export const refusalWindow = 60 * 60_000

// Some 5 MB at the most. What a flood adds beyond it is counted together.
const mostBudgets = 10_000
const mostGuesses = 1_000

/**
 * Leaves a trace of refused attempts that no flood can make long: a line in the log for the first refusal of a budget
 * within an hour, and another one at the end, with the number of the others. Budgets are named by a keyed hash: no
 * address that was typed gets into a log.
 */
export function createRefusals({ clock, log, digest }: RefusalsNeeds) {
  const budgets = new Map<
    string,
    { mutation: string | null; per: string; at: Date; more: number }
  >()
  const guesses = new Map<string, RefusedGuess>()
  let beyond = 0

  return {
    note({ mutation, per, who, guessAt }: Refusal, request: RequestInfo) {
      const isNew = guessAt !== null && !guesses.has(guessAt) && guesses.size < mostGuesses
      if (isNew) guesses.set(guessAt, { account: guessAt, at: clock.now(), request })
      const budget = digest(JSON.stringify([mutation, per, who])).toString('base64url')
      const known = budgets.get(budget)
      if (known) {
        known.more += 1
        return
      }
      if (budgets.size >= mostBudgets) {
        beyond += 1
        return
      }
      budgets.set(budget, { mutation, per, at: clock.now(), more: 0 })
      log.warn({ mutation, per, budget, requestId: request.id }, 'an attempt was refused')
    },

    /** The guesses that are still to be recorded; `done` when they are. */
    guesses: () => [...guesses.values()],
    done(written: readonly RefusedGuess[]) {
      for (const { account } of written) guesses.delete(account)
    },

    /** Logs how many more attempts were refused, for each budget whose hour is over. */
    report() {
      const now = clock.now().getTime()
      for (const [budget, { mutation, per, at, more }] of budgets) {
        if (now - at.getTime() < refusalWindow) continue
        budgets.delete(budget)
        if (more > 0) log.warn({ mutation, per, budget, more }, 'more attempts were refused')
      }
      if (beyond > 0) log.warn({ more: beyond }, 'attempts at many more budgets were refused')
      beyond = 0
    },
  }
}
