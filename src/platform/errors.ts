/** Work was refused for now. Clients receive a code with `retryAfter`. */
export abstract class TryAgainLater extends Error {
  abstract readonly code: string
  /** Seconds until a retry is likely to succeed. */
  readonly retryAfter: number

  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = Math.max(1, Math.ceil(retryAfter))
  }
}

/** Refuses work to keep the service responsive. */
export class ServiceBusy extends TryAgainLater {
  override readonly name = 'ServiceBusy'
  readonly code = 'SERVICE_BUSY'

  constructor(retryAfter: number) {
    super('The service is busy: try again.', retryAfter)
  }
}

/** An exhausted rate limit budget. For the log and the audit log, never for clients. */
export interface ExhaustedBudget {
  /** What the budget is counted by, such as `network` or `account`. */
  readonly per: string
  /** The key of the budget; it may be an e-mail address. */
  readonly who: string
  /** The account whose password was guessed, as it was typed; null when no password was guessed. */
  readonly guessedAccount: string | null
}

/** Too many attempts by one client or at one account. */
export class RateLimited extends TryAgainLater {
  override readonly name = 'RateLimited'
  readonly code = 'RATE_LIMITED'
  readonly budget: ExhaustedBudget

  constructor(retryAfter: number, budget: ExhaustedBudget) {
    super('Too many attempts: try again later.', retryAfter)
    this.budget = budget
  }
}

/** A problem that the operator can fix. The message is printed alone, without a stack, and says how to fix it. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
