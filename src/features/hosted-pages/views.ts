import type { FormAbout, Note, Page } from './define-page.js'
import type { FormFields } from './form-fields.js'
import type { Outcome } from './outcome.js'
import type { CommonTexts } from './texts/common-texts.js'
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
  readonly fields: readonly FieldView[]
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
  /** An attribute without a value. */
  readonly required: 'required' | ''
}

export interface Filled {
  readonly fields: FormFields
  readonly about: FormAbout
}

/** The form, with what is wrong with it after it was sent. */
export function formView(
  page: Page,
  texts: CommonTexts,
  { fields: filled, about }: Filled,
  problems: readonly string[] = [],
  invalid: string | null = null,
): View {
  const { heading, intro, fields: names, button, note } = page.texts[texts.language]
  const fields = page.fields.map(({ name, type, autocomplete, isOptional = false }): FieldView => ({
    name,
    type,
    autocomplete,
    label: names[name]?.label ?? '',
    value: type === 'password' ? '' : (filled[name] ?? ''),
    minlength: autocomplete === 'new-password' ? about.least : 0,
    invalid: name === invalid,
    describedBy: problems.length > 0 ? 'problem intro' : 'intro',
    required: isOptional ? '' : 'required',
  }))
  const form = { action: page.path, token: filled['token'] ?? null, fields, button }
  return { heading, problems, intro: intro(about), form, note }
}

/** What a form came to. */
export function outcomeView(
  page: Page,
  texts: CommonTexts,
  filled: Filled,
  outcome: Exclude<Outcome, { kind: 'fault' }>,
): View {
  const { heading, fields, done, renew } = page.texts[texts.language]
  switch (outcome.kind) {
    case 'done':
      return { heading: done.heading, success: done.text }
    case 'dead-link':
      return { heading, problems: [texts.deadLink[outcome.code]], note: renew }
    case 'wrong': {
      const explained = outcome.passwordProblems.flatMap((one) => texts.passwordProblems[one] ?? [])
      const { name } = page.fields.find((each) => each.name === outcome.field) ?? page.fields[0]
      const wrong = fields[name]?.wrong ?? texts.failed
      return formView(page, texts, filled, [wrong, ...explained], name)
    }
    case 'not-now': {
      const again = texts.tryAgain(inWords(outcome.retryAfter, texts.language))
      return formView(page, texts, filled, [texts.notNow[outcome.code], again])
    }
  }
}

/** That it did not work, where there is no form to go back to. */
export const failureView = ({ failed }: CommonTexts, problem: string): View => ({
  heading: failed,
  problems: [problem],
})
