import { z } from 'zod'
import { templateProblem } from '../check-template.js'
import {
  commonPlaceholders,
  kindNames,
  messageKinds,
  placeholdersOf,
  type MessageKind,
} from '../message-kinds.js'

interface Notice {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** Follows the link, if there is one. */
  readonly closing?: readonly string[]
}

interface Invitation extends Notice {
  /** The label of the button. */
  readonly action: string
}

/** A message of any kind. */
export type Message = Notice & Partial<Invitation>

/** What one language says. Placeholders are Mustache's: see placeholdersOf in message-kinds.ts. */
export interface Texts {
  readonly direction: 'ltr' | 'rtl'
  readonly linkHint: string
  readonly footer: string
  readonly messages: {
    readonly [K in MessageKind]: (typeof messageKinds)[K]['path'] extends string
      ? Invitation
      : Notice
  }
}

const text = (known: readonly string[]) =>
  z.string().superRefine((value, context) => {
    const problem = /\S/.test(value) ? templateProblem(value, known) : 'must not be empty'
    if (problem) context.addIssue(problem)
  })

function message(kind: MessageKind) {
  const line = text(placeholdersOf(kind))
  const notice = { subject: line, paragraphs: z.array(line).min(1), closing: z.array(line) }
  const fields = messageKinds[kind].path === null ? notice : { ...notice, action: line }
  return z.strictObject(fields).partial().optional()
}

/** A file of texts: as much of `Texts` as it wants to say otherwise. */
export const textsFile = z
  .strictObject({
    direction: z.enum(['ltr', 'rtl']),
    linkHint: text(commonPlaceholders),
    footer: text(commonPlaceholders),
    messages: z.strictObject(Object.fromEntries(kindNames.map((kind) => [kind, message(kind)]))),
  })
  .partial()

export type TextsFile = z.infer<typeof textsFile>

export function mergeTexts(base: Texts, changes: TextsFile): Texts {
  const { messages: changed, ...common } = changes
  const messages = kindNames.map((kind) => [kind, { ...base.messages[kind], ...changed?.[kind] }])
  return {
    ...base,
    ...(common as Partial<Texts>),
    messages: Object.fromEntries(messages) as Texts['messages'],
  }
}
