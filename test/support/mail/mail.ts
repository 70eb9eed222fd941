import type { TestApp } from '../app/app.js'
import type { OutgoingMail } from '../../../src/features/mail/transport.js'

/** All mail to an address, oldest first, as the preview shows it. Sends due mail first. */
export async function listMailTo(app: TestApp, email: string): Promise<OutgoingMail[]> {
  await app.deliver()
  const recent = app.app.services.recentMail?.list() ?? []
  return recent.filter(({ to }) => to === email).toReversed()
}

/** The last message to an address. */
export async function getLastMailTo(app: TestApp, email: string): Promise<OutgoingMail> {
  const mail = (await listMailTo(app, email)).at(-1)
  if (!mail) throw new Error(`nothing was sent to ${email}`)
  return mail
}

/** The token in the link of the last message to an address. */
export async function getMailedToken(app: TestApp, email: string): Promise<string> {
  const { url } = await getLastMailTo(app, email)
  const token = url === null ? null : new URL(url).searchParams.get('token')
  if (!token) throw new Error('the message has no link')
  return token
}
