// Programs that read mail (security gateways, link previews, assistants) open every link, and some fill in forms and
// press buttons. A link alone therefore does not prove that its user owns the mailbox (OWASP Forgot Password Cheat
// Sheet; Microsoft Safe Links "detonates" URLs). This file tests every page of the service, from its table of pages.
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from '../../src/features/hosted-pages/define-page.js'
import { pages } from '../../src/features/hosted-pages/pages.js'
import { rejectEmailChangePage } from '../../src/features/hosted-pages/pages/reject-email-change.page.js'
import { startApp } from '../support/app/app.js'
import { createRequestedChange, createConfirmedChange } from '../support/mail/email-changes.js'
import { getMailedLink, openPage, sendForm, submitForm } from '../support/browser/hosted-pages.js'
import { listMailTo } from '../support/mail/mail.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { registerPerson } from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** Traces of a failed attempt, its count and its mail. None of them changes an account. */
const allowedTraces: (string | undefined)[] = [
  'audit_events',
  'guess_counts',
  'known_addresses',
  'outbox_messages',
]

/**
 * Two scanners: one opens the page, types this into every field and presses the button; the other sends the form bare.
 */
async function scan(page: Page, link: string, typed: string) {
  const { touched } = await trackChanges(app, async () => {
    const shown = await openPage(app, link)
    expect(shown.status).toBe(200)
    const filled = Object.fromEntries(page.fields.map(({ name }) => [name, typed]))
    await submitForm(app, shown, filled)
    const token = new URL(link, app.url).searchParams.get('token') ?? ''
    await sendForm(app, page.path, { token })
  })
  return touched.filter((table) => !allowedTraces.includes(table))
}

interface MailedLink {
  readonly email: string
  readonly link: string
}

/** By the path of each page: the mailbox that its link goes to, and the link. */
const mailedLinks: Record<string, () => Promise<MailedLink>> = {
  async '/verify-email'() {
    const { email } = await registerPerson(app)
    return { email, link: await getMailedLink(app, email) }
  },
  async '/reset-password'() {
    const { email } = await registerPerson(app)
    await requestPasswordReset(app, email)
    return { email, link: await getMailedLink(app, email) }
  },
  async '/confirm-email-change'() {
    const { to } = await createRequestedChange(app)
    return { email: to, link: await getMailedLink(app, to) }
  },
  async '/reject-email-change'() {
    const { person } = await createRequestedChange(app)
    return { email: person.email, link: await getMailedLink(app, person.email) }
  },
  async '/forgot-password'() {
    const { email } = await registerPerson(app)
    await app.deliver()
    return { email, link: '/forgot-password' }
  },
}

describe.each(pages)('$path', (page) => {
  let mailedLink: MailedLink
  beforeEach(async () => {
    const open = mailedLinks[page.path]
    if (!open) throw new Error(`mailboxes has no entry for ${page.path}`)
    mailedLink = await open()
  })

  it('changes nothing for a scanner with empty fields', async () => {
    expect(await scan(page, mailedLink.link, '')).toEqual([])
  })

  // The reset page accepts any new password. The reject page accepts the typed address of the notified mailbox. Both
  // serve the mailbox that the account has.
  const pathsWithoutKnowledge = ['/reset-password', '/reject-email-change']

  if (page.path !== '/reset-password') {
    it('nor for one that types garbage', async () => {
      expect(await scan(page, mailedLink.link, 'zxcvbnm 12345 ABC')).toEqual([])
    })
  }

  if (!pathsWithoutKnowledge.includes(page.path)) {
    it('nor for one that types the address of the mailbox', async () => {
      expect(await scan(page, mailedLink.link, mailedLink.email)).toEqual([])
    })
  }
})

it('a confirmed change is not undone by a scanner at the old mailbox, with any input', async () => {
  const { person, to } = await createConfirmedChange(app)
  const links = (await listMailTo(app, person.email)).flatMap(({ url }) => url ?? [])
  for (const url of links.filter((each) => each.includes('/reject-email-change'))) {
    const link = url.slice(new URL(url).origin.length)
    for (const typed of ['', 'zxcvbnm 12345 ABC', person.email, to]) {
      expect(await scan(rejectEmailChangePage, link, typed)).toEqual([])
    }
  }
  expect(links).toHaveLength(3)
})
