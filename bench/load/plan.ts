/** The requests of the connections, in order. */
export type Requests =
  /** Repeats these requests. */
  | { readonly kind: 'repeated'; readonly texts: readonly string[] }
  /** Sends each request once. The round ends when all have been answered. */
  | { readonly kind: 'once'; readonly texts: readonly string[]; readonly capturePrefix?: string }
  /**
   * Each request carries the token of the previous answer: one chain per connection, one for each of the first
   * tokens.
   */
  | { readonly kind: 'chained'; readonly chain: Chain; readonly tokens: readonly string[] }

export interface Chain {
  /** The request without its content-length and its body. */
  readonly head: string
  readonly bodyPrefix: string
  readonly bodySuffix: string
  /** The text before and after the next token in an answer. */
  readonly tokenPrefix: string
  readonly tokenSuffix: string
  /** The text before a value in the answer that is captured; a quotation mark ends the value. */
  readonly capturePrefix?: string
}

/** A fixed number of connections, each with one request at a time. */
export interface ClosedPlan {
  readonly kind: 'closed'
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Milliseconds between an answer and the next request. */
  readonly pauseMs?: number
  readonly requests: Requests
  /** Text in the body of every correct answer. */
  readonly expected: string
}

/** A fixed number of requests per second, whether or not the earlier ones have been answered. */
export interface OpenPlan {
  readonly kind: 'open'
  readonly port: number
  /** Requests that are sent all at once at the beginning, to fill the queue. */
  readonly initialBurst: number
  /** Seconds until the load is steady: earlier requests that are refused do not count. */
  readonly settlingSeconds: number
  readonly perSecond: number
  readonly seconds: number
  readonly texts: readonly string[]
  readonly expected: string
  /** Text in the body of a refusal for lack of capacity. */
  readonly refused: string
}

export type Plan = ClosedPlan | OpenPlan

/** Milliseconds. */
export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Outcome {
  readonly times: LatencySummary
  /** Of an open plan: requests that were refused for lack of capacity. */
  readonly refusals: LatencySummary
  readonly seconds: number
  readonly errors: number
  readonly firstError: string | null
  /** Of a chain: the tokens to continue with, and the captured values. */
  readonly tokens: readonly string[]
  readonly captured: readonly string[]
}
