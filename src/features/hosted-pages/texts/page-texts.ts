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

export type FormName =
  'verifyEmail' | 'resetPassword' | 'confirmEmailChange' | 'rejectEmailChange' | 'forgotPassword'

export type FieldName = 'password' | 'newPassword' | 'email' | 'confirmEmail'

export type Notice = 'incomplete' | 'malformed' | 'foreign'

interface FormTexts {
  readonly heading: string
  readonly intro: (about: FormAbout) => string
  /** The fields that the form has. */
  readonly fields: Readonly<Partial<Record<FieldName, FieldTexts>>>
  readonly button: string
  readonly note: Note | null
  readonly done: { readonly heading: string; readonly text: string }
  /** How to get a new link. */
  readonly renew: Note | null
}

interface FieldTexts {
  readonly label: string
  /** What to say of what was filled in when it cannot be taken. */
  readonly wrong: string
}

export interface PasswordRules {
  readonly least: number
  readonly most: number
}

/** What the text above a form may name. */
export interface FormAbout extends PasswordRules {
  /** The new address that the link confirms; null when it confirms none. */
  readonly address: string | null
}

export interface Note {
  readonly text: string
  /** The words that lead to /forgot-password. */
  readonly link: string | null
}
