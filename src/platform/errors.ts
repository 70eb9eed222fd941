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

/** Too many attempts, of one client or at one account. */
export class RateLimited extends TryAgainLater {
  override readonly name = 'RateLimited'
  readonly code = 'RATE_LIMITED'

  constructor(retryAfter: number) {
    super('Too many attempts: try again later.', retryAfter)
  }
}

/** Something an operator can put right. The message is printed alone, without a stack, and says how. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
