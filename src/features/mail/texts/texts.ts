import { z } from '../../../platform/zod.js'
import { templateProblem } from '../check-template.js'
import {
  commonPlaceholders,
  placeholdersOf,
  type EmailKind,
  type EmailText,
} from '../email-kind.js'

/** What every e-mail says in one language. */
export interface Words {
  readonly direction: 'ltr' | 'rtl'
  readonly linkHint: string
  readonly footer: string
}

/** All that one language says. */
export interface Texts extends Words {
  /** By the name of the kind. */
  readonly messages: Readonly<Record<string, EmailText>>
}

const text = (known: readonly string[]) =>
  z.string().superRefine((value, context) => {
    const problem = /\S/.test(value) ? templateProblem(value, known) : 'must not be empty'
    if (problem) context.addIssue(problem)
  })

function message(kind: EmailKind) {
  const line = text(placeholdersOf(kind))
  const notice = { subject: line, paragraphs: z.array(line).min(1), closing: z.array(line) }
  const fields = kind.path === null ? notice : { ...notice, action: line }
  return z.strictObject(fields).partial().optional()
}

/** A file of texts: as much of `Texts` as it wants to say otherwise. */
export const textsFileFor = (kinds: readonly EmailKind[]) =>
  z
    .strictObject({
      direction: z.enum(['ltr', 'rtl']),
      linkHint: text(commonPlaceholders),
      footer: text(commonPlaceholders),
      messages: z.strictObject(Object.fromEntries(kinds.map((kind) => [kind.name, message(kind)]))),
    })
    .partial()

export type TextsFile = z.infer<ReturnType<typeof textsFileFor>>

export function mergeTexts(base: Texts, changes: TextsFile): Texts {
  const { messages: changed, ...common } = changes
  const messages = Object.entries(base.messages).map(([name, said]) => [
    name,
    { ...said, ...changed?.[name] },
  ])
  return {
    ...base,
    ...(common as Partial<Words>),
    messages: Object.fromEntries(messages) as Texts['messages'],
  }
}
