import type { Answer } from '../../platform/graphql/execute-here.js'

/** What a form came to. */
export type Outcome =
  | { readonly kind: 'done'; readonly status: 200 }
  /** The person can put it right. */
  | {
      readonly kind: 'wrong'
      readonly status: 400
      /** The name of the field that was wrong; null where the code does not tell. */
      readonly field: string | null
      readonly passwordProblems: readonly string[]
    }
  | {
      readonly kind: 'dead-link'
      readonly status: 400
      readonly code: 'INVALID_TOKEN' | 'TOKEN_EXPIRED'
    }
  | {
      readonly kind: 'not-now'
      readonly status: 429 | 503
      readonly code: 'RATE_LIMITED' | 'SERVICE_BUSY'
      /** Seconds. */
      readonly retryAfter: number
    }
  | { readonly kind: 'fault'; readonly status: 500 }

interface Failure {
  readonly passwordProblems: readonly string[]
  readonly retryAfter: number
}

const wrong =
  (field: string | null) =>
  ({ passwordProblems }: Failure): Outcome => ({
    kind: 'wrong',
    status: 400,
    field,
    passwordProblems,
  })

const failures: Readonly<Record<string, (failure: Failure) => Outcome>> = {
  INVALID_CREDENTIALS: wrong('password'),
  WEAK_PASSWORD: wrong('newPassword'),
  INVALID_INPUT: wrong('confirmEmail'),
  BAD_USER_INPUT: wrong(null),
  INVALID_TOKEN: () => ({ kind: 'dead-link', status: 400, code: 'INVALID_TOKEN' }),
  TOKEN_EXPIRED: () => ({ kind: 'dead-link', status: 400, code: 'TOKEN_EXPIRED' }),
  RATE_LIMITED: ({ retryAfter }) => ({
    kind: 'not-now',
    status: 429,
    code: 'RATE_LIMITED',
    retryAfter,
  }),
  SERVICE_BUSY: ({ retryAfter }) => ({
    kind: 'not-now',
    status: 503,
    code: 'SERVICE_BUSY',
    retryAfter,
  }),
}

const fault: Outcome = { kind: 'fault', status: 500 }

interface Result {
  readonly __typename: string
  readonly code?: string
  readonly passwordProblems?: readonly string[] | null
}

/** Codes may be added to the API: one that is not in the table is a general failure. */
export function outcomeOf({ data, errors: [error] }: Answer): Outcome {
  const result = (data?.['result'] ?? null) as Result | null
  if (!error && result && result.__typename !== 'AuthError') return { kind: 'done', status: 200 }
  const failure = {
    passwordProblems: result?.passwordProblems ?? [],
    retryAfter: error?.retryAfter ?? 1,
  }
  return failures[error?.code ?? result?.code ?? '']?.(failure) ?? fault
}
