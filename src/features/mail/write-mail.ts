import { after, type Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database } from '../../platform/database/database.js'
import type { DueMessage, EmailKind, PreparedEmail } from './email-kind.js'
import type { Letter } from './letter-view.js'
import { inRoundUnits } from './lifetime.js'
import { countedFor } from './outbox.js'
import { countSent, keepToken, type ClaimedMessage } from './outbox.store.js'
import type { Templates } from './templates.js'
import { Undeliverable, type OutgoingMail } from './transport.js'

export interface WriteMailNeeds<Needs> {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
  /** By name. */
  readonly kinds: ReadonlyMap<string, EmailKind<Needs>>
  /** What the kinds need to prepare a message. */
  readonly needs: Needs
  /** What links begin with: no request has a say in it (CVE-2016-10073 and its like: Host header injection). */
  readonly appUrl: string
  readonly templates: Templates
  /** How many messages of a kind an address gets in an hour at the most. */
  readonly mostPerHour: { readonly ofAll: number; readonly ofOneAccount: number }
}

/** Milliseconds. While an upgrade replaces replicas, older ones claim messages of kinds that are new. */
const waitsForNewerVersion = 60 * 60_000

export type WriteMail = ReturnType<typeof createWriteMail>

/** Makes of a claimed message what goes out. Null when there is nothing to send; throws Undeliverable when it must not be. */
export function createWriteMail<Needs>(parts: WriteMailNeeds<Needs>) {
  const { database, clock, sealer, kinds, needs, appUrl, templates, mostPerHour } = parts

  return async (message: ClaimedMessage): Promise<OutgoingMail | null> => {
    const kind = kinds.get(message.kind)
    if (!kind) throw unknownKind(message)
    await refuseTooMany(message)
    const earlier = await openToken(message)
    const prepared = await database.transaction(async (tx) => {
      // What is stored of its details was typed when it was put.
      const due = { ...message, earlierToken: earlier } as DueMessage<never>
      const made = await kind.prepare(tx, due, needs)
      if (!made?.token || made.token.text === earlier) return made
      const { text, accountId } = made.token
      const kept = await keepToken(tx, message, { accountId, sealedToken: await sealer.seal(text) })
      // Rolled back: the token must not replace the one that somebody else sends.
      if (!kept) throw new LostClaim()
      return made
    })
    if (!prepared) return null
    const { id, kind: name, recipient: to, createdAt: date } = message
    const letter = letterOf(kind, to, prepared)
    return { id, kind: name, to, date, url: letter.url, ...templates.render(letter) }
  }

  function letterOf(own: EmailKind, email: string, prepared: PreparedEmail): Letter {
    const { as: kind = own, locale, token } = prepared
    if (!token) return { kind, locale, email, url: null, lifetime: null }
    const url = `${appUrl}${kind.path ?? ''}?token=${token.text}`
    const lifetime = inRoundUnits(token.expiresAt.getTime() - clock.now().getTime())
    return { kind, locale, email, url, lifetime }
  }

  /** A replica of a newer version may know it, and gets an hour to send it. */
  function unknownKind({ kind, createdAt }: ClaimedMessage) {
    const Reason =
      after(createdAt, waitsForNewerVersion) > clock.now() ? UnknownKind : Undeliverable
    return new Reason(`no feature of this version declares the kind ${kind}`)
  }

  /**
   * Whoever has accounts enough could have any address mailed without end. Those of one account are counted by themselves:
   * a stranger would need several to keep the owner's message from arriving.
   */
  async function refuseTooMany(message: ClaimedMessage) {
    const { all, own } = await countSent(database.db, message, after(clock.now(), -countedFor))
    if (all >= mostPerHour.ofAll || own >= mostPerHour.ofOneAccount) {
      throw new Undeliverable('the address had too many messages of this kind within an hour')
    }
  }

  /** The secret that sealed it may have left AUTH_SECRET: then it gets another token. */
  function openToken({ sealedToken }: ClaimedMessage) {
    return sealedToken === null ? null : sealer.open(sealedToken).catch(() => null)
  }
}

/** This version of the service cannot write it; another one may. */
export class UnknownKind extends Error {
  override readonly name = 'UnknownKind'
}

/** Somebody else has the message by now, or it was withdrawn. */
export class LostClaim extends Error {
  override readonly name = 'LostClaim'
}
