/**
 * Every message that is ever sent, by its name in the database: and the page of the app that its link opens.
 *
 * No text of a person's is in any of them, be it a name or another address: whoever registers somebody else's address
 * would have us deliver a text of theirs, a link included, to a mailbox that trusts us.
 */
export const messageKinds = {
  VERIFY_EMAIL: { path: '/verify-email' },
  RESET_PASSWORD: { path: '/reset-password' },
  /** To the new address. */
  CONFIRM_EMAIL_CHANGE: { path: '/confirm-email-change' },
  /** Says to the owner of an address, and to nobody else, that there is an account. */
  ADDRESS_TAKEN: { path: null },
  /** To the old address, while there is time to prevent it. */
  EMAIL_CHANGE_REQUESTED: { path: '/reject-email-change' },
  /** To the old address, while it can still be undone. */
  EMAIL_CHANGED: { path: '/reject-email-change' },
  /** To the new address. Its mailbox may be an intruder's: it gets no link. */
  EMAIL_CHANGE_CONFIRMED: { path: null },
  /** To the restored address and to the one that it replaces. */
  EMAIL_CHANGE_UNDONE: { path: null },
  PASSWORD_CHANGED: { path: null },
  /** Passwords from unknown networks are no longer accepted: somebody guessed too often. */
  PASSWORD_GUESSING: { path: null },
  ACCOUNT_DELETED: { path: null },
} as const satisfies Record<string, { path: string | null }>

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
  /** The recipient. */
  readonly email: string
}

/** What the texts of every message may name. */
export const commonPlaceholders = ['product', 'email'] as const

/** What the texts of this message may name. */
export function placeholdersOf(kind: MessageKind): readonly string[] {
  return [...commonPlaceholders, ...(messageKinds[kind].path === null ? [] : ['lifetime'])]
}
