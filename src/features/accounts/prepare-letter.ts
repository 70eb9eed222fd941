import type { Audit } from '../audit/index.js'
import {
  messageKinds,
  type ClaimedMessage,
  type MessageKind,
  type PreparedLetter,
  type PrepareLetter,
} from '../mail/index.js'
import type { Tx } from '../../platform/database/database.js'
import { findAddressee } from './account.store.js'
import { tokenLifetime, type OneTimeTokens, type TokenRequest } from './one-time-tokens.js'

export interface PrepareLetterNeeds {
  /** What links begin with: no request has a say in it (CVE-2016-10073 and its like: Host header injection). */
  readonly appUrl: string
  readonly tokens: OneTimeTokens
  readonly audit: Audit
}

type Prepare = (tx: Tx, message: ClaimedMessage, token: string | null) => ReturnType<PrepareLetter>

/** What each message says, to whom, and with which token in its link: looked up when it is sent, not when it is asked for. */
export function createPrepareLetter({ appUrl, tokens, audit }: PrepareLetterNeeds): PrepareLetter {
  const prepare: Record<MessageKind, Prepare> = {
    VERIFY_EMAIL: async (tx, message, token) => {
      const user = await findAddressee(tx, message.recipient)
      if (!user || user.isDisabled || user.isVerified) return null
      return withToken(tx, { ...message, locale: user.locale }, token, {
        userId: user.id,
        purpose: 'VERIFY_EMAIL',
        email: message.recipient,
      })
    },

    RESET_PASSWORD: async (tx, message, token) => {
      const user = await findAddressee(tx, message.recipient)
      if (!user || user.isDisabled) return null
      if (message.attempts === 1) {
        const { ip = null, userAgent = null } = message.details
        const event = { type: 'PASSWORD_RESET_REQUESTED', targetId: user.id } as const
        await audit.record(tx, event, { ip, userAgent })
      }
      return withToken(tx, { ...message, locale: user.locale }, token, {
        userId: user.id,
        purpose: 'RESET_PASSWORD',
        email: message.recipient,
      })
    },

    /** The new address. When it is somebody's, they are told instead: nobody else learns of it. */
    CONFIRM_EMAIL_CHANGE: async (tx, message, token) => {
      const { recipient, accountId: userId } = message
      const owner = await findAddressee(tx, recipient)
      if (owner) return prepare.ADDRESS_TAKEN(tx, { ...message, locale: null }, null)
      if (userId === null) return null
      const request = { userId, purpose: 'CHANGE_EMAIL', email: recipient } as const
      return withToken(tx, message, token, request, (each) => tokens.issueRequested(tx, each))
    },

    /** Somebody tried to take the address. Who never confirmed theirs may be that somebody, and gets the link again. */
    ADDRESS_TAKEN: async (tx, message, token) => {
      const owner = await findAddressee(tx, message.recipient)
      if (!owner || owner.isDisabled) return null
      if (!owner.isVerified)
        return prepare.VERIFY_EMAIL(tx, { ...message, kind: 'VERIFY_EMAIL' }, token)
      return notice(tx, { ...message, kind: 'ADDRESS_TAKEN', locale: owner.locale }, null)
    },

    EMAIL_CHANGE_REQUESTED: notice,
    EMAIL_CHANGED: notice,
    PASSWORD_CHANGED: notice,
    ACCOUNT_DELETED: notice,
  }

  /** With the token of the try before while it is worth sending, else with another. */
  async function withToken(
    tx: Tx,
    message: ClaimedMessage,
    earlier: string | null,
    request: TokenRequest,
    issue: (request: TokenRequest) => Promise<string | null> = (each) => tokens.issue(tx, each),
  ): Promise<PreparedLetter | null> {
    const isFresh = earlier !== null && (await tokens.isFresh(tx, request, earlier))
    const token = isFresh ? earlier : await issue(request)
    if (token === null) return null
    const url = `${appUrl}${messageKinds[message.kind].path ?? ''}?token=${token}`
    const letter = letterOf(message, url, tokenLifetime[request.purpose])
    return { letter, token: { text: token, accountId: request.userId } }
  }

  return (tx, message, token) => prepare[message.kind](tx, message, token)
}

const notice: Prepare = (_tx, message) =>
  Promise.resolve({ letter: letterOf(message, null, null), token: null })

const letterOf = (
  { kind, locale, recipient, details }: ClaimedMessage,
  url: string | null,
  lifetime: number | null,
) => ({ kind, locale, url, lifetime, values: { ...details, email: recipient } })
