import type { Audit } from '../audit/index.js'
import {
  messageKinds,
  type ClaimedMessage,
  type MessageKind,
  type PreparedLetter,
  type PrepareLetter,
} from '../mail/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Tx } from '../../platform/database/database.js'
import { findAddressee } from './account.store.js'
import type { OneTimeTokens, TokenRequest } from './one-time-tokens.js'

export interface PrepareLetterNeeds {
  /** What links begin with: no request has a say in it (CVE-2016-10073 and its like: Host header injection). */
  readonly appUrl: string
  readonly tokens: OneTimeTokens
  readonly audit: Audit
  readonly clock: Clock
}

type Token = Awaited<ReturnType<OneTimeTokens['issue']>>

type Prepare = (tx: Tx, message: ClaimedMessage, token: string | null) => ReturnType<PrepareLetter>

/** What each message says, to whom, and with which token in its link: looked up when it is sent, not when it is asked for. */
export function createPrepareLetter({
  appUrl,
  tokens,
  audit,
  clock,
}: PrepareLetterNeeds): PrepareLetter {
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
      if (message.sealedToken === null) {
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
      if (owner) return prepare.ADDRESS_TAKEN(tx, message, token)
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
    issue: (request: TokenRequest) => Promise<Token | null> = (each) => tokens.issue(tx, each),
  ): Promise<PreparedLetter | null> {
    const fresh = earlier === null ? null : await tokens.ifFresh(tx, request, earlier)
    const token = fresh ?? (await issue(request))
    if (!token) return null
    const { text, expiresAt } = token
    const url = `${appUrl}${messageKinds[message.kind].path ?? ''}?token=${text}`
    const letter = letterOf(message, url, inRoundUnits(expiresAt.getTime() - clock.now().getTime()))
    return { letter, token: { text, accountId: request.userId } }
  }

  return (tx, message, token) => prepare[message.kind](tx, message, token)
}

const notice: Prepare = (_tx, message) =>
  Promise.resolve({ letter: letterOf(message, null, null), token: null })

const letterOf = (
  { kind, locale, recipient }: ClaimedMessage,
  url: string | null,
  lifetime: number | null,
) => ({ kind, locale, url, lifetime, email: recipient })

const minute = 60_000
const hour = 60 * minute

/** What is left of a link's life, as people say it: in whole hours, in minutes towards the end. */
function inRoundUnits(milliseconds: number) {
  const unit = milliseconds > 2 * hour ? hour : minute
  return Math.max(minute, Math.round(milliseconds / unit) * unit)
}
