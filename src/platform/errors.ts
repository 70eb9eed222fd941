/** Work was refused to keep the service answering. Reaches clients as SERVICE_BUSY. */
export class ServiceBusy extends Error {
  override readonly name = 'ServiceBusy'
  /** Seconds until a new try is likely to be served. */
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super('The service is busy.')
    this.retryAfter = retryAfter
  }
}

/** Something an operator can put right. The message is printed alone, without a stack, and says how. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
