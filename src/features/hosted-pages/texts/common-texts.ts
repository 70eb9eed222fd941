import type { Language } from '../negotiate-language.js'

/** The texts that all pages share, in one language. */
export interface CommonTexts {
  readonly language: Language
  /** The prefix of the title of a page with a problem. Screen readers read it first. */
  readonly problem: string
  /** The heading of a page without a form to return to. */
  readonly failureHeading: string
  readonly notices: Readonly<Record<ProblemNotice, string>>
  readonly fault: (requestId: string) => string
  readonly invalidLink: Readonly<Record<'INVALID_TOKEN' | 'TOKEN_EXPIRED', string>>
  readonly retryLater: Readonly<Record<'RATE_LIMITED' | 'SERVICE_BUSY', string>>
  /** `wait` is a phrase such as "in 3 minutes". */
  readonly tryAgain: (wait: string) => string
  /** The API may add values to the enum. The page shows no explanation for unknown values. */
  readonly passwordProblems: Readonly<Partial<Record<string, string>>>
}

export type ProblemNotice = 'incomplete' | 'malformed' | 'foreign'
