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
  /** By name. */
  readonly kinds: ReadonlyMap<string, EmailKind<Deps>>
  /** What the kinds need to prepare a message. */
  readonly deps: Deps
  /** What links begin with: no request has a say in it (CVE-2016-10073 and its like: Host header injection). */
  readonly appUrl: string
  readonly templates: Templates
  /** How many messages of a kind an address gets in an hour at the most. */
  readonly maxPerHour: { readonly ofAll: number; readonly ofOneAccount: number }
}

/** Milliseconds. While an upgrade replaces replicas, older ones claim messages of kinds that are new. */
const unknownKindRetryMs = 60 * 60_000

export type RenderEmailJob = ReturnType<typeof createRenderEmailJob>

/** Makes of a claimed message what goes out. Null when there is nothing to send; throws Undeliverable when it must not be. */
export function createRenderEmailJob<Deps>(parts: RenderEmailJobDeps<Deps>) {
  const { database, clock, sealer, kinds, deps, appUrl, templates, maxPerHour } = parts

  return async (job: EmailJob): Promise<OutgoingMail | null> => {
    const kind = kinds.get(job.kind)
    if (!kind) throw unknownKindError(job)
    await checkRecipientLimit(job)
    const earlierToken = await unsealToken(job)
    const prepared = await database.transaction(async (tx) => {
      // What is stored of its details was typed when it was put.
      const dueJob = { ...job, earlierToken } as DueEmailJob<never>
      const result = await kind.prepare(tx, dueJob, deps)
      if (!result?.token || result.token.text === earlierToken) return result
      const { text, accountId } = result.token
      const isSaved = await saveLinkToken(tx, job, {
        accountId,
        sealedToken: await sealer.seal(text),
      })
      // Rolled back: the token must not replace the one that somebody else sends.
      if (!isSaved) throw new LostClaim()
      return result
    })
    if (!prepared) return null
    const { id, kind: name, recipient: to, createdAt: date } = job
    const input = createRenderInput(kind, to, prepared)
    return { id, kind: name, to, date, url: input.url, ...templates.render(input) }
  }

  function createRenderInput(own: EmailKind, email: string, prepared: PreparedEmail): RenderInput {
    const { substituteKind = own, locale, token } = prepared
    if (!token) return { kind: substituteKind, locale, email, url: null, lifetimeMs: null }
    const url = `${appUrl}${substituteKind.path ?? ''}?token=${token.text}`
    const lifetimeMs = roundLifetimeMs(token.expiresAt.getTime() - clock.now().getTime())
    return { kind: substituteKind, locale, email, url, lifetimeMs }
  }

  /** A replica of a newer version may know it, and gets an hour to send it. */
  function unknownKindError({ kind, createdAt }: EmailJob) {
    const ErrorClass =
      addMs(createdAt, unknownKindRetryMs) > clock.now() ? UnknownKind : Undeliverable
    return new ErrorClass(`no feature of this version declares the kind ${kind}`)
  }

  /**
   * Whoever has accounts enough could have any address mailed without end. Those of one account are counted by themselves:
   * a stranger would need several to keep the owner's message from arriving.
   */
  async function checkRecipientLimit(job: EmailJob) {
    const { all, own } = await countSent(database.db, job, addMs(clock.now(), -recipientWindowMs))
    if (all >= maxPerHour.ofAll || own >= maxPerHour.ofOneAccount) {
      throw new Undeliverable('the address had too many messages of this kind within an hour')
    }
  }

  /** The secret that sealed it may have left AUTH_SECRET: then it gets another token. */
  function unsealToken({ sealedToken }: EmailJob) {
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
