// Parsing a user agent costs a multiple of reading a row, and its text is the client's choice: it happens at sign-in, once.
import { afterAll, expect, it, test } from 'vitest'
import { ExportAccountDataDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, goodPassword, newEmail, getAuthPayload } from '../../support/app/client.js'

const app = await startApp()
afterAll(app.close)

const chromeOnMac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'

async function signInWith(userAgent: string) {
  const input = { email: newEmail(), password: goodPassword }
  const headers = { 'user-agent': userAgent }
  const { data } = await call(app, RegisterDocument, { input }, { headers })
  const { accessToken, session } = getAuthPayload(data?.register)
  const stored = async () =>
    (await app.db.session.findUniqueOrThrow({ where: { id: session.id } })).client
  const queryDescription = async () => {
    const query = '{ me { sessions { nodes { client } } } }'
    const answer = await call<{ me: { sessions: { nodes: { client: string | null }[] } } }, object>(
      app,
      query,
      {},
      { token: accessToken },
    )
    return answer.data?.me.sessions.nodes[0]?.client
  }
  const overwriteDescription = (client: string | null) =>
    app.db.session.update({ where: { id: session.id }, data: { client } })
  return { accessToken, stored, shown: queryDescription, store: overwriteDescription }
}

test.each([
  ['a browser', chromeOnMac, 'Chrome on macOS', 'Chrome on macOS'],
  ['what is not recognised', 'x', '', null],
])('the description of %s is stored at sign-in', async (_, userAgent, text, answer) => {
  const { stored, shown } = await signInWith(userAgent)
  expect(await stored()).toBe(text)
  expect(await shown()).toBe(answer)
})

it('a session is shown as it is stored: no request parses its user agent', async () => {
  const { shown, store } = await signInWith(chromeOnMac)
  await store('Lynx on Amiga')
  expect(await shown()).toBe('Lynx on Amiga')
  await store('')
  expect(await shown()).toBeNull()
})

it('a session from before descriptions were stored is described all the same', async () => {
  const { shown, store } = await signInWith(chromeOnMac)
  await store(null)
  expect(await shown()).toBe('Chrome on macOS')
})

it('an export names the client as the API does', async () => {
  const { accessToken } = await signInWith(chromeOnMac)
  const { text } = await call(app, ExportAccountDataDocument, { input: {} }, { token: accessToken })
  expect(text).toContain('"client":"Chrome on macOS"')
  expect(text).not.toContain('storedClient')
})
