/** Work was refused for now. Reaches clients as a code with `retryAfter`. */
export abstract class TryAgainLater extends Error {
  abstract readonly code: string
  /** Seconds until a new try is likely to be served. */
  readonly retryAfter: number

  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = Math.max(1, Math.ceil(retryAfter))
  }
}

/** To keep the service answering. */
export class ServiceBusy extends TryAgainLater {
  override readonly name = 'ServiceBusy'
  readonly code = 'SERVICE_BUSY'

  constructor(retryAfter: number) {
    super('The service is busy: try again.', retryAfter)
  }
}

/** A budget without a place left: for the log and the audit log, never for clients. */
export interface ExhaustedBudget {
  /** What it is counted by, such as `address` or `account`. */
  readonly per: string
  /** Whose it is; it may be an e-mail address. */
  readonly who: string
  /** The account whose password was guessed at, as it was typed; null when none was. */
  readonly guessedAccount: string | null
}

/** Too many attempts, of one client or at one account. */
export class RateLimited extends TryAgainLater {
  override readonly name = 'RateLimited'
  readonly code = 'RATE_LIMITED'
  readonly budget: ExhaustedBudget

  constructor(retryAfter: number, budget: ExhaustedBudget) {
    super('Too many attempts: try again later.', retryAfter)
    this.budget = budget
  }
}

/** Something an operator can put right. The message is printed alone, without a stack, and says how. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
