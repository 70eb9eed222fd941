import type { Language } from './negotiate-language.js'

/** A page, declared in a file `pages/*.page.ts`. pages.ts lists it. `Name` is the union of the names of its fields. */
export interface Page<Name extends string = string> {
  readonly path: string
  /** Whether the link carries a token. A hidden field passes it on. */
  readonly hasToken: boolean
  /** What a person types. Never empty: mail scanners press buttons, but they know nothing to type. */
  readonly fields: readonly [Field<Name>, ...Field<Name>[]]
  /** Whether the page names the new address that the link confirms. */
  readonly showsNewEmail?: true
  /** The mutation that the form sends. Its input has the fields of the form, by their names. */
  readonly document: string
  readonly texts: Readonly<Record<Language, FormTexts<NoInfer<Name>>>>
}

interface Field<Name extends string> {
  readonly name: Name
  readonly type: 'password' | 'email'
  readonly autocomplete: 'current-password' | 'new-password' | 'email'
  /** Left empty, it is left out of the input. */
  readonly isOptional?: true
}

/** What a page says in one language. */
interface FormTexts<Name extends string> {
  readonly heading: string
  readonly intro: (introValues: IntroValues) => string
  readonly fields: Readonly<Record<Name, FieldTexts>>
  readonly button: string
  readonly note: Note | null
  readonly done: { readonly heading: string; readonly text: string }
  /** How to get a new link. */
  readonly newLinkNote: Note | null
}

interface FieldTexts {
  readonly label: string
  /** Why the server does not accept the value. */
  readonly errorText: string
}

export interface PasswordRules {
  readonly minLength: number
  readonly maxLength: number
}

/** What the text above a form may name. */
export interface IntroValues extends PasswordRules {
  /** The new address that the link confirms; null when it confirms none. */
  readonly newEmail: string | null
}

export interface Note {
  readonly text: string
  /** The words that lead to /forgot-password. */
  readonly link: string | null
}

/** Declares a page. A language that is missing does not compile, nor does a field without its texts. */
export const definePage = <Name extends string>(page: Page<Name>): Page => page
