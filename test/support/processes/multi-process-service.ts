import { expect, vi } from 'vitest'
import type { Answer } from '../app/client.js'
import { testSecret } from '../app/test-secret.js'
import { freePort, startServerProcess, type ServerProcess } from './server-process.js'

interface LogLine {
  readonly msg: string
  readonly worker?: number
  readonly pid?: number
  readonly requestId?: string
}

/** A service of several processes. */
export interface Service extends ServerProcess {
  readonly metricsUrl: string
  /** The log of the service. Every output line is JSON, except the banner. */
  readonly lines: () => LogLine[]
  /** Every worker that was ready so far, in that order. */
  readonly readyWorkers: () => { readonly worker: number; readonly pid: number }[]
}

export const pollOptions = { timeout: 120_000, interval: 20 }

/** Waits until all of its workers serve. */
export async function startService(env: Record<string, string>): Promise<Service> {
  const metricsPort = await freePort()
  const server = await startServerProcess({
    WORKERS: '2',
    AUTH_SECRET: testSecret,
    PUBLIC_URL: 'http://localhost:4000',
    METRICS_PORT: String(metricsPort),
    TRUST_PROXY: '1',
    RATE_LIMIT_FACTOR: '1',
    ...env,
  })
  const lines = () => {
    // Text after the last line break may be an incomplete line.
    const texts = server.output().split('\n').slice(0, -1)
    return texts.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as LogLine)
  }
  const readyWorkers = () =>
    lines().flatMap(({ msg, worker = 0, pid = 0 }) =>
      msg === 'a worker is ready' ? { worker, pid } : [],
    )
  await vi.waitUntil(() => server.output().includes('Latchkey is ready.'), pollOptions)
  return { ...server, metricsUrl: `http://127.0.0.1:${metricsPort}`, lines, readyWorkers }
}

/** Sends a request over a new connection, which goes to the next worker. */
export const newConnectionHeaders = { connection: 'close' }

/** Finds in the log the worker that gave this answer. */
export async function findWorker(service: Service, { headers }: Answer<unknown>) {
  const id = headers.get('x-request-id')
  const line = () => service.lines().find(({ requestId }) => requestId === id)
  await expect.poll(line, pollOptions).toBeDefined()
  return line()?.worker
}

/** Sends the request until two workers have answered, and returns both answers. */
export async function askBothWorkers<T>(service: Service, ask: () => Promise<Answer<T>>) {
  const answers = new Map<number | undefined, Answer<T>>()
  for (let turn = 0; turn < 20 && answers.size < 2; turn += 1) {
    const answer = await ask()
    answers.set(await findWorker(service, answer), answer)
  }
  expect([...answers.keys()].sort()).toEqual([1, 2])
  return [...answers.values()]
}

/** A metric of the whole service. */
export async function readMetric({ metricsUrl }: Service, name: string) {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length))
}

/** Whether the process exists. A process that has ended exists until its parent has noticed. */
export function isRunning(pid: number) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
