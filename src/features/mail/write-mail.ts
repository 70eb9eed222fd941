import { after, type Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { Letter } from './message-kinds.js'
import { countedFor } from './outbox.js'
import { countSent, keepToken, type ClaimedMessage } from './outbox.store.js'
import type { Templates } from './templates.js'
import { Undeliverable, type OutgoingMail } from './transport.js'

export interface PreparedLetter {
  readonly letter: Letter
  /** In its link, to be used again when the message has to be tried again; and whose it is. Null without a link. */
  readonly token: { readonly text: string; readonly accountId: string } | null
}

/**
 * Turns a message into a letter: looks up who it is for and makes the token in its link, unless `token`, that of an
 * earlier try, still serves. Null when there is nothing to send.
 */
export type PrepareLetter = (
  tx: Tx,
  message: ClaimedMessage,
  token: string | null,
) => Promise<PreparedLetter | null>

export interface WriteMailNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
  readonly prepare: PrepareLetter
  readonly templates: Templates
  /** How many messages of a kind an address gets in an hour at the most. */
  readonly mostPerHour: { readonly ofAll: number; readonly ofOneAccount: number }
}

export type WriteMail = ReturnType<typeof createWriteMail>

/** Makes of a claimed message what goes out. Null when there is nothing to send; throws Undeliverable when it must not be. */
export function createWriteMail(needs: WriteMailNeeds) {
  const { database, clock, sealer, prepare, templates, mostPerHour } = needs

  return async (message: ClaimedMessage): Promise<OutgoingMail | null> => {
    await refuseTooMany(message)
    const earlier = await openToken(message)
    const prepared = await database.transaction(async (tx) => {
      const made = await prepare(tx, message, earlier)
      if (!made?.token || made.token.text === earlier) return made
      const { text, accountId } = made.token
      const kept = await keepToken(tx, message, { accountId, sealedToken: await sealer.seal(text) })
      // Rolled back: the token must not replace the one that somebody else sends.
      if (!kept) throw new LostClaim()
      return made
    })
    if (!prepared) return null
    const { id, kind, recipient: to, createdAt: date } = message
    const { letter } = prepared
    return { id, kind, to, date, url: letter.url, ...templates.render(letter) }
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

/** Somebody else has the message by now, or it was withdrawn. */
export class LostClaim extends Error {
  override readonly name = 'LostClaim'
}
