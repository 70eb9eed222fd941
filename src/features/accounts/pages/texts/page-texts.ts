import type { Language } from '../accepted-language.js'

export interface PageTexts {
  readonly language: Language
  readonly forms: Readonly<Record<FormName, FormTexts>>
  /** Before the title of a page that reports a problem: it is what a screen reader reads first. */
  readonly problem: string
  /** The heading where there is no form to go back to. */
  readonly failed: string
  readonly notices: Readonly<Record<Notice, string>>
  readonly fault: (requestId: string) => string
  readonly deadLink: Readonly<Record<'INVALID_TOKEN' | 'TOKEN_EXPIRED', string>>
  readonly notNow: Readonly<Record<'RATE_LIMITED' | 'SERVICE_BUSY', string>>
  /** `wait` as in "in 3 minutes". */
  readonly tryAgain: (wait: string) => string
  /** Values may be added to the enum of the API: one that is not here is not explained. */
  readonly passwordProblems: Readonly<Partial<Record<string, string>>>
}

export type FormName = 'verifyEmail' | 'resetPassword' | 'confirmEmailChange' | 'forgotPassword'

export type Notice = 'incomplete' | 'malformed' | 'foreign'

interface FormTexts {
  readonly heading: string
  readonly intro: (rules: PasswordRules) => string
  /** Of the field; empty where there is a button only. */
  readonly label: string
  readonly button: string
  readonly note: Note | null
  /** What to say of what was filled in when it cannot be taken. */
  readonly wrong: string
  readonly done: { readonly heading: string; readonly text: string }
  /** How to get a new link. */
  readonly renew: Note | null
}

export interface PasswordRules {
  readonly least: number
  readonly most: number
}

export interface Note {
  readonly text: string
  /** The words that lead to /forgot-password. */
  readonly link: string | null
}
