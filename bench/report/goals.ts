import type { Figures } from './figures.js'

interface Goal {
  readonly text: string
  readonly reached: (figures: Figures) => number | undefined
  readonly atLeast?: number
  readonly atMost?: number
  readonly unit?: string
}

const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a / b

/** How many times as many per second as somebody else. */
const times = (scenario: string, other: string, own = 'latchkey') => ({
  reached: (figures: Figures) => ratio(figures.get(scenario, own), figures.get(scenario, other)),
})

const figure = (scenario: string, contender: string, measure: string) => ({
  reached: (figures: Figures) => figures.get(scenario, contender, measure),
})

// One server against itself varies by 4 %.
const noSlower = 0.96

/** What is to be reached, in ratios of one run: machines differ, and each differs from day to day. */
export const goals: readonly Goal[] = [
  { text: '`me`: times native Go', ...times('me', 'floor-go'), atLeast: 1.3 },
  { text: '`me`: times the tutorial stack', ...times('me', 'tutorial'), atLeast: 9 },
  { text: '`me`: times better-auth', ...times('me', 'better-auth'), atLeast: 20 },
  {
    text: '`me`: CPU, times a static `node:http` answer',
    reached: (figures) =>
      ratio(figures.get('me', 'latchkey', 'cpu'), figures.get('me', 'static', 'cpu')),
    atMost: 4,
  },
  {
    text: '`me`, embedded: of that on PostgreSQL',
    ...times('me', 'latchkey', 'latchkey-embedded'),
    atLeast: 0.5,
  },
  {
    text: 'sign-in: of what the hash alone allows',
    ...times('login', 'hash-alone'),
    atLeast: 0.95,
  },
  {
    text: 'sign-in: times better-auth (with @node-rs/argon2)',
    ...times('login', 'better-auth'),
    atLeast: 1.1,
  },
  { text: 'refresh: times the tutorial stack', ...times('refresh', 'tutorial'), atLeast: 9 },
  { text: 'refresh: times oidc-provider', ...times('refresh', 'oidc-provider'), atLeast: 4 },
  { text: 'refresh: times accounts-js', ...times('refresh', 'accounts-js'), atLeast: 7 },
  {
    text: 'overload: `me` p99, times its p99 without',
    ...figure('overload', 'latchkey', 'ratio'),
    atMost: 3,
  },
  {
    text: 'overload: sign-ins, of capacity',
    ...figure('overload', 'latchkey', 'goodput'),
    atLeast: 0.85,
  },
  {
    text: 'overload: refused within',
    ...figure('overload', 'latchkey', 'refusal'),
    atMost: 50,
    unit: ' ms',
  },
  ...(['me', 'login', 'refresh'] as const).map((operation) => ({
    text: `a million users: ${operation}, of that with a thousand`,
    ...times(`growth-${operation}`, 'latchkey-1000', 'latchkey-1000000'),
    atLeast: { me: 0.95, login: 0.9, refresh: 0.85 }[operation],
  })),
  {
    text: 'memory under load',
    ...figure('memory', 'latchkey', 'underLoad'),
    atMost: 150,
    unit: ' MB',
  },
  {
    text: 'start on PostgreSQL',
    ...figure('start', 'latchkey', 'milliseconds'),
    atMost: 700,
    unit: ' ms',
  },
  {
    text: 'start with the embedded database',
    ...figure('start', 'latchkey-embedded', 'milliseconds'),
    atMost: 1_500,
    unit: ' ms',
  },
  ...['me', 'refresh'].map((operation) => ({
    text: `two workers: ${operation}, of one`,
    ...times(`workers-${operation}`, 'one-worker', 'two-workers'),
    atLeast: noSlower,
  })),
]

export type Verdict = 'met' | 'missed' | 'not measured'

export function judge(
  { reached, atLeast = -Infinity, atMost = Infinity }: Goal,
  figures: Figures,
): Verdict {
  const value = reached(figures)
  if (value === undefined || Number.isNaN(value)) return 'not measured'
  return value >= atLeast && value <= atMost ? 'met' : 'missed'
}
