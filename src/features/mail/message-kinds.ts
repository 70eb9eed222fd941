/**
 * Every message that is ever sent, by its name in the database: the page of the app that its link opens, and what its
 * texts may name besides the product and the recipient.
 *
 * No person's name is among that, and none may ever be: whoever registers somebody else's address chooses the name,
 * and would have us deliver a text of theirs, a link included, to a mailbox that trusts us.
 */
export const messageKinds = {
  VERIFY_EMAIL: { path: '/verify-email', values: [] },
  RESET_PASSWORD: { path: '/reset-password', values: [] },
  /** To the new address. */
  CONFIRM_EMAIL_CHANGE: { path: '/confirm-email-change', values: [] },
  /** Says to the owner of an address, and to nobody else, that there is an account. */
  ADDRESS_TAKEN: { path: null, values: [] },
  /** To the old address, while there is time to prevent it. */
  EMAIL_CHANGE_REQUESTED: { path: null, values: ['newEmail'] },
  /** To the old and to the new address. */
  EMAIL_CHANGED: { path: null, values: ['newEmail'] },
  PASSWORD_CHANGED: { path: null, values: [] },
  ACCOUNT_DELETED: { path: null, values: [] },
} as const satisfies Record<string, { path: string | null; values: readonly string[] }>

export type MessageKind = keyof typeof messageKinds

export const kindNames = Object.keys(messageKinds) as MessageKind[]

/** One message to one person, before it is put in words. */
export interface Letter {
  readonly kind: MessageKind
  /** The recipient's language as BCP 47 tag; null where none is known. */
  readonly locale: string | null
  /** What the link opens; null where there is none. */
  readonly url: string | null
  /** Milliseconds for which the link works. */
  readonly lifetime: number | null
  /** For the texts: email (the recipient), newEmail. */
  readonly values: Readonly<Record<string, string>>
}

/** What the texts of every message may name. */
export const commonPlaceholders = ['product', 'email'] as const

/** What the texts of this message may name. */
export function placeholdersOf(kind: MessageKind): readonly string[] {
  const { path, values } = messageKinds[kind]
  return [...commonPlaceholders, ...values, ...(path === null ? [] : ['lifetime'])]
}
