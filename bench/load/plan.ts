/** What one connection after the other sends. */
export type Requests =
  /** These, over and over. */
  | { readonly kind: 'repeated'; readonly texts: readonly string[] }
  /** Each of these once; the round is over when all have been answered. */
  | { readonly kind: 'once'; readonly texts: readonly string[]; readonly capturePrefix?: string }
  /** Each with the token of the answer before: a chain per connection, one for each of the first tokens. */
  | { readonly kind: 'chained'; readonly chain: Chain; readonly tokens: readonly string[] }

export interface Chain {
  /** The request without its content-length and its body. */
  readonly head: string
  readonly bodyPrefix: string
  readonly bodySuffix: string
  /** What stands before the next token in an answer, and what after it. */
  readonly tokenPrefix: string
  readonly tokenSuffix: string
  /** What stands before another text that is worth keeping of an answer; a quotation mark ends it. */
  readonly capturePrefix?: string
}

/** So many connections, each with one request at a time. */
export interface ClosedPlan {
  readonly kind: 'closed'
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Milliseconds between an answer and the next request. */
  readonly pauseMs?: number
  readonly requests: Requests
  /** What is in the body of every right answer. */
  readonly expected: string
}

/** So many requests a second, whether or not the ones before have been answered. */
export interface OpenPlan {
  readonly kind: 'open'
  readonly port: number
  /** Those that come all at once in the beginning, and fill whatever queue there is. */
  readonly initialBurst: number
  /** Seconds until that is over: what was sent until then and is refused does not count. */
  readonly settlingSeconds: number
  readonly perSecond: number
  readonly seconds: number
  readonly texts: readonly string[]
  readonly expected: string
  /** What is in the body of an answer that refuses for want of capacity. */
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
  /** Of an open plan: those that were told that there is no capacity. */
  readonly refusals: LatencySummary
  readonly seconds: number
  readonly errors: number
  readonly firstError: string | null
  /** Of a chain: the tokens with which it can go on, and what was harvested. */
  readonly tokens: readonly string[]
  readonly captured: readonly string[]
}
