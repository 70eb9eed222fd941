import type { Tx } from '../../platform/database/database.js'
import type { EmailJob } from './outbox.store.js'

/** The placeholders of all e-mails. */
export const commonPlaceholders = ['product', 'email'] as const

/** The placeholders of this e-mail. */
export const placeholdersOf = ({ path, counts = [] }: EmailKind): readonly string[] => [
  ...commonPlaceholders,
  ...(path === null ? [] : ['lifetime']),
  ...counts,
]

export interface NoticeText {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** The text after the link, or at the end. */
  readonly closing?: readonly string[]
}

export interface LinkText extends NoticeText {
  /** The label of the button. */
  readonly action: string
}

/** The text of an e-mail in one language. Placeholders use the syntax of Mustache: see placeholdersOf. */
export type EmailText = NoticeText & Partial<LinkText>

/** The built-in languages. Operators can add others. */
export type BuiltInLanguage = 'en' | 'de' | 'es'

/** An e-mail that is about to be sent. Its details may be missing: they are deleted with the account. */
export interface DueEmailJob<Details = object> extends Omit<EmailJob, 'details'> {
  readonly details: Partial<Details>
  /** The token of an earlier try. Reuse it while it is valid. */
  readonly earlierToken: string | null
}

interface LinkToken {
  readonly text: string
  /** The account of the e-mail. */
  readonly accountId: string
  readonly expiresAt: Date
}

export interface PreparedEmail {
  /** The kind whose text replaces the text of this kind. */
  readonly substituteKind?: EmailKind
  /** The recipient's language as BCP 47 tag. Null when it is not known. */
  readonly locale: string | null
  /** The token in the link. Null without a link. */
  readonly token: LinkToken | null
  /** The values of the placeholders in `counts`. */
  readonly counts?: Readonly<Record<string, number>>
}

/**
 * A kind of e-mail. The feature that sends it declares it in a file `*.email.ts` and lists it in its feature.ts.
 * src/compose/features.ts joins the lists. `Needs` is the type of the dependencies; `Details` is the type of the
 * stored data.
 *
 * No e-mail contains text from a user, such as a name or another address. Otherwise an attacker could register
 * another person's address and send text or links to a mailbox that trusts this service.
 */
export interface EmailKind<Deps = never, Details = never> {
  /** The stored name. Template files of operators use it: RESET_PASSWORD has reset-password.html. */
  readonly name: string
  /** The page that the link opens. Null without a link. */
  readonly path: string | null
  readonly texts: Readonly<Record<BuiltInLanguage, EmailText>>
  /** Placeholders of this kind alone, each for a number. */
  readonly counts?: readonly string[]
  /**
   * Looks up the account and creates the token of the link. Runs when the e-mail is sent, not when it is requested.
   * Returns null when there is nothing to send.
   */
  readonly prepare: (tx: Tx, job: DueEmailJob<Details>, deps: Deps) => Promise<PreparedEmail | null>
}

/** Prepares an e-mail without a link. It is sent in every state of the account. */
export const prepareNotice = (_tx: Tx, { locale }: DueEmailJob) =>
  Promise.resolve({ locale, token: null })

/** Indexes the kinds by name. A duplicate name stops the start: stored e-mails would be ambiguous. */
export function indexByName<Deps>(kinds: readonly EmailKind<Deps>[]) {
  const kindsByName = new Map<string, EmailKind<Deps>>()
  for (const kind of kinds) {
    if (kindsByName.has(kind.name))
      throw new Error(`Two kinds of e-mail have the name ${kind.name}. Rename one of them.`)
    kindsByName.set(kind.name, kind)
  }
  return kindsByName as ReadonlyMap<string, EmailKind<Deps>>
}
