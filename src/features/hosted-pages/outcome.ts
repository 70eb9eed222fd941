import type { OperationResult } from '../../platform/graphql/document-executor.js'

/** The outcome of a form. */
export type FormOutcome =
  | { readonly kind: 'done'; readonly status: 200 }
  /** The person can correct the input. */
  | {
      readonly kind: 'wrong'
      readonly status: 400
      /** The name of the wrong field. Null when the error code does not identify it. */
      readonly field: string | null
      readonly passwordProblems: readonly string[]
    }
  | {
      readonly kind: 'invalid-link'
      readonly status: 400
      readonly code: 'INVALID_TOKEN' | 'TOKEN_EXPIRED'
    }
  | {
      readonly kind: 'retry-later'
      readonly status: 429 | 503
      readonly code: 'RATE_LIMITED' | 'SERVICE_BUSY'
      /** In seconds. */
      readonly retryAfterSeconds: number
    }
  | { readonly kind: 'fault'; readonly status: 500 }

interface Failure {
  readonly passwordProblems: readonly string[]
  readonly retryAfterSeconds: number
}

const invalidInput =
  (field: string | null) =>
  ({ passwordProblems }: Failure): FormOutcome => ({
    kind: 'wrong',
    status: 400,
    field,
    passwordProblems,
  })

const outcomeByCode: Readonly<Record<string, (failure: Failure) => FormOutcome>> = {
  INVALID_CREDENTIALS: invalidInput('password'),
  WEAK_PASSWORD: invalidInput('newPassword'),
  INVALID_INPUT: invalidInput('confirmEmail'),
  BAD_USER_INPUT: invalidInput(null),
  INVALID_TOKEN: () => ({ kind: 'invalid-link', status: 400, code: 'INVALID_TOKEN' }),
  TOKEN_EXPIRED: () => ({ kind: 'invalid-link', status: 400, code: 'TOKEN_EXPIRED' }),
  RATE_LIMITED: ({ retryAfterSeconds }) => ({
    kind: 'retry-later',
    status: 429,
    code: 'RATE_LIMITED',
    retryAfterSeconds,
  }),
  SERVICE_BUSY: ({ retryAfterSeconds }) => ({
    kind: 'retry-later',
    status: 503,
    code: 'SERVICE_BUSY',
    retryAfterSeconds,
  }),
}

const fault: FormOutcome = { kind: 'fault', status: 500 }

interface MutationResult {
  readonly __typename: string
  readonly code?: string
  readonly passwordProblems?: readonly string[] | null
}

/** The API may add codes. A code that is not in the table is a general failure. */
export function toOutcome({ data, errors: [error] }: OperationResult): FormOutcome {
  const result = (data?.['result'] ?? null) as MutationResult | null
  if (!error && result && result.__typename !== 'AuthError') return { kind: 'done', status: 200 }
  const failure = {
    passwordProblems: result?.passwordProblems ?? [],
    retryAfterSeconds: error?.retryAfter ?? 1,
  }
  return outcomeByCode[error?.code ?? result?.code ?? '']?.(failure) ?? fault
}
