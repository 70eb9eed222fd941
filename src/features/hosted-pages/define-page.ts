import type { Language } from './negotiate-language.js'

/** A page, declared in a file `pages/*.page.ts` and listed in pages.ts. `Name` is the union of its field names. */
export interface Page<Name extends string = string> {
  readonly path: string
  /** Whether the link contains a token. A hidden field submits it. */
  readonly hasToken: boolean
  /**
   * The fields that a person fills in. Never empty: mail scanners press buttons, but they cannot type the right
   * values.
   */
  readonly fields: readonly [Field<Name>, ...Field<Name>[]]
  /** Whether the page shows the new address that the link confirms. */
  readonly showsNewEmail?: true
  /** The mutation of the form. Its input has the same field names. */
  readonly document: string
  readonly texts: Readonly<Record<Language, FormTexts<NoInfer<Name>>>>
}

interface Field<Name extends string> {
  readonly name: Name
  readonly type: 'password' | 'email'
  readonly autocomplete: 'current-password' | 'new-password' | 'email'
  /** An empty value is omitted from the input. */
  readonly isOptional?: true
}

/** The texts of a page in one language. */
interface FormTexts<Name extends string> {
  readonly heading: string
  readonly intro: (introValues: IntroValues) => string
  readonly fields: Readonly<Record<Name, FieldTexts>>
  readonly button: string
  readonly note: Note | null
  readonly done: { readonly heading: string; readonly text: string }
  /** Explains how to get a new link. */
  readonly newLinkNote: Note | null
}

interface FieldTexts {
  readonly label: string
  /** Explains why the server refuses the value. */
  readonly errorText: string
}

export interface PasswordRules {
  readonly minLength: number
  readonly maxLength: number
}

/** The values for the text above a form. */
export interface IntroValues extends PasswordRules {
  /** The new address that the link confirms. Null when the link is not valid. */
  readonly newEmail: string | null
}

export interface Note {
  readonly text: string
  /** The text of the link to /forgot-password. */
  readonly link: string | null
}

/** Declares a page. A missing language does not compile, and neither does a field without texts. */
export const definePage = <Name extends string>(page: Page<Name>): Page => page
