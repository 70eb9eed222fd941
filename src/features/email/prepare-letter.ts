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
import { lockAddressee } from '../users/index.js'
import type { TokenColumn } from './email-change.store.js'
import type { EmailChanges } from './email-changes.js'
import type { OneTimeTokens, TokenRequest } from '../one-time-tokens/index.js'

export interface PrepareLetterNeeds {
  /** What links begin with: no request has a say in it (CVE-2016-10073 and its like: Host header injection). */
  readonly appUrl: string
  readonly tokens: OneTimeTokens
  readonly changes: EmailChanges
  readonly audit: Audit
  readonly clock: Clock
}

interface LinkToken {
  readonly text: string
  readonly accountId: string
  readonly expiresAt: Date
}

type Prepare = (tx: Tx, message: ClaimedMessage, token: string | null) => ReturnType<PrepareLetter>

/** What each message says, to whom, and with which token in its link: looked up when it is sent, not when it is asked for. */
export function createPrepareLetter({
  appUrl,
  tokens,
  changes,
  audit,
  clock,
}: PrepareLetterNeeds): PrepareLetter {
  const prepare: Record<MessageKind, Prepare> = {
    VERIFY_EMAIL: async (tx, message, token) => {
      const user = await lockAddressee(tx, message.recipient)
      if (!user || user.isDisabled || user.isVerified) return null
      return withToken(tx, { ...message, locale: user.locale }, token, {
        userId: user.id,
        purpose: 'VERIFY_EMAIL',
        email: message.recipient,
      })
    },

    RESET_PASSWORD: async (tx, message, token) => {
      const user = await lockAddressee(tx, message.recipient)
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
      const { recipient, accountId } = message
      const owner =
        (await lockAddressee(tx, recipient)) ?? (await changes.reserver(tx, recipient, accountId))
      if (owner) return prepare.ADDRESS_TAKEN(tx, message, token)
      return withChangeToken(tx, message, 'confirmTokenHash', token)
    },

    /** Somebody tried to take the address. Who never confirmed theirs may be that somebody, and gets the link again. */
    ADDRESS_TAKEN: async (tx, message, token) => {
      const owner = await lockAddressee(tx, message.recipient)
      const told = owner ?? (await changes.reserver(tx, message.recipient))
      if (!told || told.isDisabled) return null
      if (owner && !owner.isVerified)
        return prepare.VERIFY_EMAIL(tx, { ...message, kind: 'VERIFY_EMAIL' }, token)
      return notice(tx, { ...message, kind: 'ADDRESS_TAKEN', locale: told.locale }, null)
    },

    /** Only an owner is told: anybody can guess at an address that nobody has. */
    PASSWORD_GUESSING: async (tx, message) => {
      const owner = await lockAddressee(tx, message.recipient)
      if (!owner || owner.isDisabled) return null
      return notice(tx, { ...message, locale: owner.locale }, null)
    },

    // Both are sent whatever has become of the change: the owner has to hear of it. With the account the change is
    // gone, and ACCOUNT_DELETED tells the same address.
    EMAIL_CHANGE_REQUESTED: (tx, message, token) =>
      withChangeToken(tx, message, 'rejectTokenHash', token),
    EMAIL_CHANGED: (tx, message, token) => withChangeToken(tx, message, 'undoTokenHash', token),

    EMAIL_CHANGE_CONFIRMED: notice,
    EMAIL_CHANGE_UNDONE: notice,
    PASSWORD_CHANGED: notice,
    ACCOUNT_DELETED: notice,
  }

  /** With the token of the try before while it is worth sending, else with another. */
  async function withToken(
    tx: Tx,
    message: ClaimedMessage,
    earlier: string | null,
    request: TokenRequest,
  ): Promise<PreparedLetter> {
    const fresh = earlier === null ? null : await tokens.ifFresh(tx, request, earlier)
    const { text, expiresAt } = fresh ?? (await tokens.issue(tx, request))
    return linked(message, { text, expiresAt, accountId: request.userId })
  }

  async function withChangeToken(
    tx: Tx,
    message: ClaimedMessage,
    column: TokenColumn,
    earlier: string | null,
  ): Promise<PreparedLetter | null> {
    const { change } = message.details
    const token = change === undefined ? null : await changes.tokenFor(tx, change, column, earlier)
    return token && linked(message, token)
  }

  function linked(message: ClaimedMessage, { text, accountId, expiresAt }: LinkToken) {
    const url = `${appUrl}${messageKinds[message.kind].path ?? ''}?token=${text}`
    const letter = letterOf(message, url, inRoundUnits(expiresAt.getTime() - clock.now().getTime()))
    return { letter, token: { text, accountId } }
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
const day = 24 * hour

/** What is left of a link's life, as people say it: in whole days or hours, in minutes towards the end. */
function inRoundUnits(milliseconds: number) {
  const unit = [day, hour].find((each) => milliseconds > 2 * each) ?? minute
  return Math.max(minute, Math.round(milliseconds / unit) * unit)
}
