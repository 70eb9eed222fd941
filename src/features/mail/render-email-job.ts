import { addMs, type Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database } from '../../platform/database/database.js'
import type { DueEmailJob, EmailKind, PreparedEmail } from './email-kind.js'
import type { RenderInput } from './email-view.js'
import { roundLifetimeMs } from './round-lifetime.js'
import { recipientWindowMs } from './outbox.js'
import { countSent, saveLinkToken, type EmailJob } from './outbox.store.js'
import type { Templates } from './templates.js'
import { Undeliverable, type OutgoingMail } from './transport.js'

export interface RenderEmailJobDeps<Deps> {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
  /** The kinds by name. */
  readonly kinds: ReadonlyMap<string, EmailKind<Deps>>
  /** The dependencies of the kinds. */
  readonly deps: Deps
  /** The start of all links. Requests cannot influence it (Host header injection, for example CVE-2016-10073). */
  readonly appUrl: string
  readonly templates: Templates
  /** The maximum number of e-mails of a kind to an address within an hour. */
  readonly maxPerHour: { readonly ofAll: number; readonly ofOneAccount: number }
}

/** In milliseconds. During an upgrade, replicas of the old version claim e-mails of new kinds. */
const unknownKindRetryMs = 60 * 60_000

export type RenderEmailJob = ReturnType<typeof createRenderEmailJob>

/**
 * Renders a claimed e-mail. Returns null when there is nothing to send. Throws Undeliverable when it must not be
 * sent.
 */
export function createRenderEmailJob<Deps>(parts: RenderEmailJobDeps<Deps>) {
  const { database, clock, sealer, kinds, deps, appUrl, templates, maxPerHour } = parts

  return async (job: EmailJob): Promise<OutgoingMail | null> => {
    const kind = kinds.get(job.kind)
    if (!kind) throw unknownKindError(job)
    await checkRecipientLimit(job)
    const earlierToken = await unsealToken(job)
    const prepared = await database.transaction(async (tx) => {
      // The stored details were type-checked when the e-mail was enqueued.
      const dueJob = { ...job, earlierToken } as DueEmailJob<never>
      const result = await kind.prepare(tx, dueJob, deps)
      if (!result?.token || result.token.text === earlierToken) return result
      const { text, accountId } = result.token
      const isSaved = await saveLinkToken(tx, job, {
        accountId,
        sealedToken: await sealer.seal(text),
      })
      // Rolls back: the token must not replace the token of the replica that now has the claim.
      if (!isSaved) throw new LostClaim()
      return result
    })
    if (!prepared) return null
    const { id, kind: name, recipient: to, createdAt: date } = job
    const input = createRenderInput(kind, to, prepared)
    return { id, kind: name, to, date, url: input.url, ...templates.render(input) }
  }

  function createRenderInput(own: EmailKind, email: string, prepared: PreparedEmail): RenderInput {
    const { substituteKind = own, locale, token, counts } = prepared
    const common = { kind: substituteKind, locale, email, counts }
    if (!token) return { ...common, url: null, lifetimeMs: null }
    const url = `${appUrl}${substituteKind.path ?? ''}?token=${token.text}`
    const lifetimeMs = roundLifetimeMs(token.expiresAt.getTime() - clock.now().getTime())
    return { ...common, url, lifetimeMs }
  }

  /** A replica of a newer version may know the kind. It has an hour to send the e-mail. */
  function unknownKindError({ kind, createdAt }: EmailJob) {
    const ErrorClass =
      addMs(createdAt, unknownKindRetryMs) > clock.now() ? UnknownKind : Undeliverable
    return new ErrorClass(`no feature of this version declares the kind ${kind}`)
  }

  /**
   * Limits e-mails to an address: otherwise a person with many accounts could send unlimited e-mail to it. The
   * e-mails of one account have their own count. So an attacker needs several accounts to suppress e-mails to the
   * owner.
   */
  async function checkRecipientLimit(job: EmailJob) {
    const { all, own } = await countSent(database.db, job, addMs(clock.now(), -recipientWindowMs))
    if (all >= maxPerHour.ofAll || own >= maxPerHour.ofOneAccount) {
      throw new Undeliverable('the address got too many e-mails of this kind within an hour')
    }
  }

  /** Returns null when AUTH_SECRET no longer contains the sealing secret. The e-mail then gets a new token. */
  function unsealToken({ sealedToken }: EmailJob) {
    return sealedToken === null ? null : sealer.open(sealedToken).catch(() => null)
  }
}

/** This version of the service does not know the kind. Another version may. */
export class UnknownKind extends Error {
  override readonly name = 'UnknownKind'
}

/** Another replica has claimed the e-mail, or the e-mail was cancelled. */
export class LostClaim extends Error {
  override readonly name = 'LostClaim'
}
