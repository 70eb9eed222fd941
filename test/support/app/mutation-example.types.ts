import type { TestApp } from './app.js'
import type { Person } from './client.js'

interface Example {
  readonly input?: object
  /** Whether to send the person's access token. */
  readonly sendsToken?: boolean
}

/** The caller, and the account that the call affects. */
export interface CallerContext {
  readonly victim: Person
  readonly token: string | null
  readonly presenceProof: string | null
}

/** What the authorization matrix sends as each of its callers. */
export interface MatrixAttempt {
  /** Distinguishes it from other attempts at the same mutation. */
  readonly condition?: string
  readonly prepare?: (app: TestApp, call: CallerContext) => Promise<unknown>
  readonly input: ((call: CallerContext) => object) | null
  /** `anybody`: the credential is in the input, so token and proof have no effect. `step-up` needs both. */
  readonly requires: 'anybody' | 'viewer' | 'step-up'
  /** With the required credentials: a member of the result's union, or the code of a failure. */
  readonly expectedOutcome: string
  /** For another user, who acts on an account of their own; by default the same. */
  readonly outcomeForOther?: string
}

/** A mutation with its callers. A feature's mutations are in one of the files `*-mutations.ts`. */
export interface MutationExamples {
  /** A successful call by this person. */
  readonly example: (app: TestApp, person: Person) => Promise<Example> | Example
  /** The answer to the same request sent again; by default the first answer. */
  readonly repeatAnswer?: string
  /** Other answers to the same request sent at the same time, besides the repeat answer. */
  readonly raceAnswers?: readonly string[]
  /** Whether the same request sent again records another audit event of its success. */
  readonly recordsRepeats?: boolean
  /** Whether a successful call uses the database: by default it writes. */
  readonly database?: 'reads' | 'unused'
  readonly attempts: readonly MatrixAttempt[]
}
