import type { Language } from '../negotiate-language.js'

/** What all pages share in one language. */
export interface CommonTexts {
  readonly language: Language
  /** Before the title of a page that reports a problem: a screen reader reads it first. */
  readonly problem: string
  /** The heading where there is no form to go back to. */
  readonly failureHeading: string
  readonly notices: Readonly<Record<ProblemNotice, string>>
  readonly fault: (requestId: string) => string
  readonly invalidLink: Readonly<Record<'INVALID_TOKEN' | 'TOKEN_EXPIRED', string>>
  readonly retryLater: Readonly<Record<'RATE_LIMITED' | 'SERVICE_BUSY', string>>
  /** `wait` as in "in 3 minutes". */
  readonly tryAgain: (wait: string) => string
  /** Values may be added to the enum of the API: the page does not explain one that is not here. */
  readonly passwordProblems: Readonly<Partial<Record<string, string>>>
}

export type ProblemNotice = 'incomplete' | 'malformed' | 'foreign'
