import type { Figures } from './figures.js'

interface Goal {
  readonly text: string
  readonly reached: (figures: Figures) => number | undefined
  readonly min?: number
  readonly max?: number
  readonly unit?: string
}

const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a / b

/** Requests per second relative to another contender. */
const ratioTo = (scenario: string, other: string, own = 'latchkey') => ({
  reached: (figures: Figures) => ratio(figures.get(scenario, own), figures.get(scenario, other)),
})

const measured = (scenario: string, contender: string, measure: string) => ({
  reached: (figures: Figures) => figures.get(scenario, contender, measure),
})

// One server against itself varies by 4 %.
const minSelfRatio = 0.96

/** Goals as ratios within one run: machines differ, and each differs from day to day. */
export const goals: readonly Goal[] = [
  { text: '`me` per second, relative to native Go', ...ratioTo('me', 'floor-go'), min: 1.3 },
  { text: '`me` per second, relative to the tutorial stack', ...ratioTo('me', 'tutorial'), min: 9 },
  { text: '`me` per second, relative to better-auth', ...ratioTo('me', 'better-auth'), min: 20 },
  {
    text: '`me` CPU time, relative to a static `node:http` response',
    reached: (figures) =>
      ratio(figures.get('me', 'latchkey', 'cpu'), figures.get('me', 'static', 'cpu')),
    max: 4,
  },
  {
    text: '`me` per second, embedded relative to PostgreSQL',
    ...ratioTo('me', 'latchkey', 'latchkey-embedded'),
    min: 0.5,
  },
  {
    text: 'sign-ins per second, relative to the hash alone',
    ...ratioTo('login', 'hash-alone'),
    min: 0.95,
  },
  {
    text: 'sign-ins per second, relative to better-auth (@node-rs/argon2)',
    ...ratioTo('login', 'better-auth'),
    min: 1.1,
  },
  {
    text: 'refreshes per second, relative to the tutorial stack',
    ...ratioTo('refresh', 'tutorial'),
    min: 9,
  },
  {
    text: 'refreshes per second, relative to oidc-provider',
    ...ratioTo('refresh', 'oidc-provider'),
    min: 4,
  },
  {
    text: 'refreshes per second, relative to accounts-js',
    ...ratioTo('refresh', 'accounts-js'),
    min: 7,
  },
  {
    text: 'overload: `me` p99, relative to before',
    ...measured('overload', 'latchkey', 'ratio'),
    max: 3,
  },
  {
    text: 'overload: completed sign-ins, relative to capacity',
    ...measured('overload', 'latchkey', 'goodput'),
    min: 0.85,
  },
  {
    text: 'overload: time until a refusal (p99)',
    ...measured('overload', 'latchkey', 'refusal'),
    max: 50,
    unit: ' ms',
  },
  ...(['me', 'login', 'refresh'] as const).map((operation) => ({
    text: `${operation} with 1,000,000 users, relative to 1,000`,
    ...ratioTo(`growth-${operation}`, 'latchkey-1000', 'latchkey-1000000'),
    min: { me: 0.95, login: 0.9, refresh: 0.85 }[operation],
  })),
  {
    text: 'memory under load',
    ...measured('memory', 'latchkey', 'underLoad'),
    max: 150,
    unit: ' MB',
  },
  {
    text: 'start on PostgreSQL',
    ...measured('start', 'latchkey', 'milliseconds'),
    max: 700,
    unit: ' ms',
  },
  {
    text: 'start with the embedded database',
    ...measured('start', 'latchkey-embedded', 'milliseconds'),
    max: 1_500,
    unit: ' ms',
  },
  ...['me', 'refresh'].map((operation) => ({
    text: `${operation} with two workers, relative to one`,
    ...ratioTo(`workers-${operation}`, 'one-worker', 'two-workers'),
    min: minSelfRatio,
  })),
]

export type Verdict = 'met' | 'missed' | 'not measured'

export function judge(
  { reached, min = -Infinity, max = Infinity }: Goal,
  figures: Figures,
): Verdict {
  const value = reached(figures)
  if (value === undefined || Number.isNaN(value)) return 'not measured'
  return value >= min && value <= max ? 'met' : 'missed'
}
