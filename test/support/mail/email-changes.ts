import type { TestApp } from '../app/app.js'
import { newEmail, reauthenticate, registerPerson, type Person } from '../app/client.js'
import { tokenFor } from './mail.js'
import { askForChange, confirmChange } from './mailed-links.js'

export interface AskedChange {
  readonly person: Person
  readonly to: string
  /** In the message to the new address. */
  readonly confirmToken: string
  /** In the message to the old address. */
  readonly rejectToken: string
}

export interface MadeChange extends AskedChange {
  /** In the second message to the old address. */
  readonly undoToken: string
}

/** Somebody asked for another address, and both messages have arrived. */
export async function askedChange(
  app: TestApp,
  person?: Person,
  to = newEmail(),
): Promise<AskedChange> {
  const asker = person ?? (await registerPerson(app))
  // A change of address ends the proofs from before it.
  if (
    (await app.db.session.count({ where: { id: asker.sessionId, presenceProofHash: null } })) > 0
  ) {
    await reauthenticate(app, asker)
  }
  await askForChange(app, asker.accessToken, to)
  const confirmToken = await tokenFor(app, to)
  return { person: asker, to, confirmToken, rejectToken: await tokenFor(app, asker.email) }
}

/** The change was confirmed in the session that asked. */
export async function madeChange(
  app: TestApp,
  person?: Person,
  to = newEmail(),
): Promise<MadeChange> {
  const asked = await askedChange(app, person, to)
  const { accessToken: token, email } = asked.person
  await confirmChange(app, asked.confirmToken, { token, password: null })
  return { ...asked, undoToken: await tokenFor(app, email) }
}
