// Programs that read mail (security gateways, link previews, assistants) open every link, and some fill in forms and
// press their buttons. A link alone therefore proves a mailbox to a program (OWASP Forgot Password Cheat Sheet; Microsoft
// Safe Links "detonates" URLs). Here every page of the service gets that treatment: the cases come from its table.
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from '../../src/features/hosted-pages/define-page.js'
import { pages } from '../../src/features/hosted-pages/pages.js'
import { rejectEmailChange } from '../../src/features/hosted-pages/pages/reject-email-change.page.js'
import { startApp } from '../support/app/app.js'
import { askedChange, madeChange } from '../support/mail/email-changes.js'
import { linkFor, openPage, sendForm, submit } from '../support/browser/pages.js'
import { mailTo } from '../support/mail/mail.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { registerPerson } from '../support/app/client.js'
import { watch } from '../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

/** What a failed attempt, its count and a message that somebody is to get leave behind; none of them changes an account. */
const traces: (string | undefined)[] = [
  'audit_events',
  'guess_counts',
  'known_addresses',
  'outbox_messages',
]

/** A scanner that opens the page, types this into every field and presses the button, and one that sends the form bare. */
async function scan(page: Page, link: string, typed: string) {
  const { touched } = await watch(app, async () => {
    const shown = await openPage(app, link)
    expect(shown.status).toBe(200)
    const filled = Object.fromEntries(page.fields.map(({ name }) => [name, typed]))
    await submit(app, shown, filled)
    const token = new URL(link, app.url).searchParams.get('token') ?? ''
    await sendForm(app, page.path, { token })
  })
  return touched.filter((table) => !traces.includes(table))
}

interface Mailbox {
  readonly address: string
  readonly link: string
}

/** By the path of each page: the mailbox that its link goes to, and the link. */
const mailboxes: Record<string, () => Promise<Mailbox>> = {
  async '/verify-email'() {
    const { email } = await registerPerson(app)
    return { address: email, link: await linkFor(app, email) }
  },
  async '/reset-password'() {
    const { email } = await registerPerson(app)
    await askForReset(app, email)
    return { address: email, link: await linkFor(app, email) }
  },
  async '/confirm-email-change'() {
    const { to } = await askedChange(app)
    return { address: to, link: await linkFor(app, to) }
  },
  async '/reject-email-change'() {
    const { person } = await askedChange(app)
    return { address: person.email, link: await linkFor(app, person.email) }
  },
  async '/forgot-password'() {
    const { email } = await registerPerson(app)
    await app.deliver()
    return { address: email, link: '/forgot-password' }
  },
}

describe.each(pages)('$path', (page) => {
  let mailbox: Mailbox
  beforeEach(async () => {
    const open = mailboxes[page.path]
    if (!open) throw new Error(`mailboxes has no entry for ${page.path}`)
    mailbox = await open()
  })

  it('changes nothing for a scanner that types nothing', async () => {
    expect(await scan(page, mailbox.link, '')).toEqual([])
  })

  // Any password sets a password, and the address typed stops a change that its mailbox got notice of: that is what
  // these two are for, and both are for the mailbox that the account has.
  const wantsNoKnowledge = ['/reset-password', '/reject-email-change']

  it.skipIf(page.path === '/reset-password')('nor for one that types garbage', async () => {
    expect(await scan(page, mailbox.link, 'zxcvbnm 12345 ABC')).toEqual([])
  })

  it.skipIf(wantsNoKnowledge.includes(page.path))(
    'nor for one that types the address of the mailbox',
    async () => {
      expect(await scan(page, mailbox.link, mailbox.address)).toEqual([])
    },
  )
})

it('a confirmed change is not undone by a scanner at the old mailbox, whatever it types', async () => {
  const { person, to } = await madeChange(app)
  const links = (await mailTo(app, person.email)).flatMap(({ url }) => url ?? [])
  for (const url of links.filter((each) => each.includes('/reject-email-change'))) {
    const link = url.slice(new URL(url).origin.length)
    for (const typed of ['', 'zxcvbnm 12345 ABC', person.email, to]) {
      expect(await scan(rejectEmailChange, link, typed)).toEqual([])
    }
  }
  expect(links).toHaveLength(3)
})
