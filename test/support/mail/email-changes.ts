import type { TestApp } from '../app/app.js'
import { newEmail, reauthenticate, registerPerson, type Person } from '../app/client.js'
import { getMailedToken } from './mail.js'
import { requestEmailChange, confirmEmailChange } from './mailed-links.js'

export interface RequestedChange {
  readonly person: Person
  readonly to: string
  /** In the message to the new address. */
  readonly confirmToken: string
  /** In the message to the old address. */
  readonly rejectToken: string
}

export interface ConfirmedChange extends RequestedChange {
  /** In the second message to the old address. */
  readonly undoToken: string
}

/** A user has requested a change of address, and both messages have arrived. */
export async function createRequestedChange(
  app: TestApp,
  person?: Person,
  to = newEmail(),
): Promise<RequestedChange> {
  const requester = person ?? (await registerPerson(app))
  // A change of address invalidates earlier proofs.
  if (
    (await app.db.session.count({ where: { id: requester.sessionId, presenceProofHash: null } })) >
    0
  ) {
    await reauthenticate(app, requester)
  }
  await requestEmailChange(app, requester.accessToken, to)
  const confirmToken = await getMailedToken(app, to)
  return {
    person: requester,
    to,
    confirmToken,
    rejectToken: await getMailedToken(app, requester.email),
  }
}

/** The user has confirmed the change in the session that requested it. */
export async function createConfirmedChange(
  app: TestApp,
  person?: Person,
  to = newEmail(),
): Promise<ConfirmedChange> {
  const requested = await createRequestedChange(app, person, to)
  const { accessToken: token, email } = requested.person
  await confirmEmailChange(app, requested.confirmToken, { token, password: null })
  return { ...requested, undoToken: await getMailedToken(app, email) }
}
