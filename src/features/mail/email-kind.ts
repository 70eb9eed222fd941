import type { Tx } from '../../platform/database/database.js'
import type { EmailJob } from './outbox.store.js'

/** What the text of every e-mail may name. */
export const commonPlaceholders = ['product', 'email'] as const

/** What the text of this e-mail may name. */
export const placeholdersOf = ({ path }: EmailKind): readonly string[] =>
  path === null ? commonPlaceholders : [...commonPlaceholders, 'lifetime']

export interface NoticeText {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** Follows the link, if there is one. */
  readonly closing?: readonly string[]
}

export interface LinkText extends NoticeText {
  /** The label of the button. */
  readonly action: string
}

/** What an e-mail of any kind says in one language. Placeholders are Mustache's: see placeholdersOf. */
export type EmailText = NoticeText & Partial<LinkText>

/** The languages that the service speaks; an operator can add others. */
export type BuiltInLanguage = 'en' | 'de' | 'es'

/** A message that is about to be sent. Its details may be gone: they are deleted with the account. */
export interface DueEmailJob<Details = object> extends Omit<EmailJob, 'details'> {
  readonly details: Partial<Details>
  /** The token that an earlier try sent: send it again while it serves. */
  readonly earlierToken: string | null
}

interface LinkToken {
  readonly text: string
  /** Whose it is. */
  readonly accountId: string
  readonly expiresAt: Date
}

export interface PreparedEmail {
  /** The kind whose text is sent instead of the own one. */
  readonly substituteKind?: EmailKind
  /** The recipient's language as BCP 47 tag; null where none is known. */
  readonly locale: string | null
  /** In the link; null without one. */
  readonly token: LinkToken | null
}

/**
 * A kind of e-mail, declared by the feature that sends it in a file `*.email.ts`. Its feature.ts lists it, and
 * src/compose/features.ts joins the lists. `Needs` is what preparing takes; `Details` is what the outbox stores.
 *
 * No text of a person's is in any e-mail, be it a name or another address: whoever registers somebody else's address
 * would have us deliver a text of theirs, a link included, to a mailbox that trusts us.
 */
export interface EmailKind<Deps = never, Details = never> {
  /** As stored. An operator's templates are named after it: RESET_PASSWORD has reset-password.html. */
  readonly name: string
  /** The page of the app that the link opens; null without a link. */
  readonly path: string | null
  readonly texts: Readonly<Record<BuiltInLanguage, EmailText>>
  /**
   * Looks up whom it is for and makes the token in its link, when it is sent and not when it is asked for. Null when
   * there is nothing to send.
   */
  readonly prepare: (tx: Tx, job: DueEmailJob<Details>, deps: Deps) => Promise<PreparedEmail | null>
}

/** Prepares an e-mail without a link, whatever has happened since it was asked for. */
export const prepareNotice = (_tx: Tx, { locale }: DueEmailJob) =>
  Promise.resolve({ locale, token: null })

/** By name. Two of one name stop the start: a stored message would not say which one it is. */
export function indexByName<Deps>(kinds: readonly EmailKind<Deps>[]) {
  const kindsByName = new Map<string, EmailKind<Deps>>()
  for (const kind of kinds) {
    if (kindsByName.has(kind.name)) throw new Error(`two kinds of e-mail are named ${kind.name}`)
    kindsByName.set(kind.name, kind)
  }
  return kindsByName as ReadonlyMap<string, EmailKind<Deps>>
}
