import { z } from '../../../platform/zod.js'
import { findTemplateProblem } from '../check-template.js'
import {
  commonPlaceholders,
  placeholdersOf,
  type EmailKind,
  type EmailText,
} from '../email-kind.js'

/** The texts of all e-mails in one language. */
export interface CommonTexts {
  readonly direction: 'ltr' | 'rtl'
  readonly linkHint: string
  readonly footer: string
}

/** All texts in one language. */
export interface Texts extends CommonTexts {
  /** By the name of the kind. */
  readonly messages: Readonly<Record<string, EmailText>>
}

const textSchema = (known: readonly string[]) =>
  z.string().superRefine((value, context) => {
    const problem = /\S/.test(value) ? findTemplateProblem(value, known) : 'must not be empty'
    if (problem) context.addIssue(problem)
  })

function messageSchema(kind: EmailKind) {
  const lineSchema = textSchema(placeholdersOf(kind))
  const notice = {
    subject: lineSchema,
    paragraphs: z.array(lineSchema).min(1),
    closing: z.array(lineSchema),
  }
  const fields = kind.path === null ? notice : { ...notice, action: lineSchema }
  return z.strictObject(fields).partial().optional()
}

/** The schema of a texts file: any part of `Texts`. */
export const createTextsFileSchema = (kinds: readonly EmailKind[]) =>
  z
    .strictObject({
      direction: z.enum(['ltr', 'rtl']),
      linkHint: textSchema(commonPlaceholders),
      footer: textSchema(commonPlaceholders),
      messages: z.strictObject(
        Object.fromEntries(kinds.map((kind) => [kind.name, messageSchema(kind)])),
      ),
    })
    .partial()

export type TextsFile = z.infer<ReturnType<typeof createTextsFileSchema>>

export function mergeTexts(base: Texts, overrides: TextsFile): Texts {
  const { messages: messageOverrides, ...common } = overrides
  const messages = Object.entries(base.messages).map(([name, original]) => [
    name,
    { ...original, ...messageOverrides?.[name] },
  ])
  return {
    ...base,
    ...(common as Partial<CommonTexts>),
    messages: Object.fromEntries(messages) as Texts['messages'],
  }
}
