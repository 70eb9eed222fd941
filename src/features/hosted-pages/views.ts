import type { IntroValues, Note, Page } from './define-page.js'
import type { FormFields } from './form-fields.js'
import type { FormOutcome } from './outcome.js'
import type { CommonTexts } from './texts/common-texts.js'
import { formatWait } from './format-wait.js'

/** The content of a page as text. The names are those of page.html. */
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
  /** A boolean attribute. */
  readonly required: 'required' | ''
}

export interface FormValues {
  readonly fields: FormFields
  readonly introValues: IntroValues
}

/** The form with the problems of the last submission. */
export function formView(
  page: Page,
  texts: CommonTexts,
  { fields: formValues, introValues }: FormValues,
  problems: readonly string[] = [],
  invalid: string | null = null,
): View {
  const { heading, intro, fields: fieldTexts, button, note } = page.texts[texts.language]
  const fields = page.fields.map(({ name, type, autocomplete, isOptional = false }): FieldView => ({
    name,
    type,
    autocomplete,
    label: fieldTexts[name]?.label ?? '',
    value: type === 'password' ? '' : (formValues[name] ?? ''),
    minlength: autocomplete === 'new-password' ? introValues.minLength : 0,
    invalid: name === invalid,
    describedBy: problems.length > 0 ? 'problem intro' : 'intro',
    required: isOptional ? '' : 'required',
  }))
  const form = { action: page.path, token: formValues['token'] ?? null, fields, button }
  return { heading, problems, intro: intro(introValues), form, note }
}

/** The page for the outcome of a form. */
export function outcomeView(
  page: Page,
  texts: CommonTexts,
  formValues: FormValues,
  outcome: Exclude<FormOutcome, { kind: 'fault' }>,
): View {
  const { heading, fields, done, newLinkNote } = page.texts[texts.language]
  switch (outcome.kind) {
    case 'done':
      return { heading: done.heading, success: done.text }
    case 'invalid-link':
      return { heading, problems: [texts.invalidLink[outcome.code]], note: newLinkNote }
    case 'wrong': {
      const passwordErrors = outcome.passwordProblems.flatMap(
        (one) => texts.passwordProblems[one] ?? [],
      )
      const { name } = page.fields.find((each) => each.name === outcome.field) ?? page.fields[0]
      const errorText = fields[name]?.errorText ?? texts.failureHeading
      return formView(page, texts, formValues, [errorText, ...passwordErrors], name)
    }
    case 'retry-later': {
      const retryHint = texts.tryAgain(formatWait(outcome.retryAfterSeconds, texts.language))
      return formView(page, texts, formValues, [texts.retryLater[outcome.code], retryHint])
    }
  }
}

/** The page for a failure without a form to return to. */
export const failureView = ({ failureHeading }: CommonTexts, problem: string): View => ({
  heading: failureHeading,
  problems: [problem],
})
