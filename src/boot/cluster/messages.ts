/** What the primary process and its workers tell one another. */
export type MessageToWorker =
  { readonly kind: 'stop' } | { readonly kind: 'measure'; readonly id: number }

export type MessageFromWorker =
  | { readonly kind: 'ready' }
  /** It cannot start: what an operator is to read. */
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'measured'; readonly id: number; readonly metrics: readonly MetricSnapshot[] }

/** A metric as prom-client writes it down: of its form, what is used here. */
export interface MetricSnapshot {
  readonly name: string
  /** 'counter', 'gauge' or 'histogram', whatever prom-client's types say. */
  readonly type: unknown
  /** How those of several processes become one. */
  readonly aggregator: string
}

/** By this variable a worker knows that it is one, and which: 1 to WORKERS. */
export const workerNumberVariable = 'LATCHKEY_WORKER'
