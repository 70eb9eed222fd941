/** Messages between the primary process and its workers. */
export type MessageToWorker =
  { readonly kind: 'stop' } | { readonly kind: 'measure'; readonly id: number }

export type MessageFromWorker =
  | { readonly kind: 'ready' }
  /** The worker cannot start; `text` is for the operator. */
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'measured'; readonly id: number; readonly metrics: readonly MetricSnapshot[] }

/** The parts of a prom-client metric that are used here. */
export interface MetricSnapshot {
  readonly name: string
  /** 'counter', 'gauge' or 'histogram'; prom-client's types say otherwise. */
  readonly type: unknown
  /** How to aggregate the values of several processes. */
  readonly aggregator: string
}

/** The environment variable that tells a worker its number, from 1 to WORKERS. */
export const workerNumberVariable = 'LATCHKEY_WORKER'
