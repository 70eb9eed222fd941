import type { FormFields } from './form-fields.js'
import type { Outcome } from './outcome.js'
import type { Page } from './pages.js'
import type { Note, PageTexts, PasswordRules } from './texts/page-texts.js'
import { inWords } from './waiting-time.js'

/** What stands on a page, in words; the names are those of page.html. */
export interface View {
  readonly heading: string
  readonly success?: string
  readonly problems?: readonly string[]
  readonly intro?: string
  readonly form?: FormView
  readonly note?: Note | null
}

interface FormView {
  readonly action: string
  readonly token: string | null
  readonly field: FieldView | null
  readonly button: string
}

interface FieldView {
  readonly name: string
  readonly type: string
  readonly autocomplete: string
  readonly label: string
  readonly value: string
  readonly minlength: number
  readonly invalid: boolean
  readonly describedBy: string
}

export interface Filled {
  readonly fields: FormFields
  readonly rules: PasswordRules
}

/** The form, with what is wrong with it after it was sent. */
export function formView(
  page: Page,
  texts: PageTexts,
  { fields, rules }: Filled,
  problems: readonly string[] = [],
  invalid = false,
): View {
  const { heading, intro, label, button, note } = texts.forms[page.name]
  const field = page.field && {
    ...page.field,
    label,
    value: page.field.type === 'password' ? '' : (fields[page.field.name] ?? ''),
    minlength: rules.least,
    invalid,
    describedBy: problems.length > 0 ? 'problem intro' : 'intro',
  }
  const form = { action: page.path, token: fields['token'] ?? null, field, button }
  return { heading, problems, intro: intro(rules), form, note }
}

/** What a form came to. */
export function outcomeView(
  page: Page,
  texts: PageTexts,
  filled: Filled,
  outcome: Exclude<Outcome, { kind: 'fault' }>,
): View {
  const { heading, wrong, done, renew } = texts.forms[page.name]
  switch (outcome.kind) {
    case 'done':
      return { heading: done.heading, success: done.text }
    case 'dead-link':
      return { heading, problems: [texts.deadLink[outcome.code]], note: renew }
    case 'wrong': {
      const explained = outcome.passwordProblems.flatMap((one) => texts.passwordProblems[one] ?? [])
      return formView(page, texts, filled, [wrong, ...explained], true)
    }
    case 'not-now': {
      const again = texts.tryAgain(inWords(outcome.retryAfter, texts.language))
      return formView(page, texts, filled, [texts.notNow[outcome.code], again])
    }
  }
}

/** That it did not work, where there is no form to go back to. */
export const failureView = ({ failed }: PageTexts, problem: string): View => ({
  heading: failed,
  problems: [problem],
})
