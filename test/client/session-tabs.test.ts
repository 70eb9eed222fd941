// Ten tabs of one browser share one session: one refresh for all, and every tab knows who is signed in.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, readBrowserStorage } from '../support/browser/browser.js'
import { eventually, startSessionPage, type Visitor } from '../support/browser/session-page.js'

const chromium = findChromium()
let site: Awaited<ReturnType<typeof startSessionPage>>
beforeAll(async () => {
  if (chromium) site = await startSessionPage(chromium)
}, 60_000)
afterAll(async () => {
  if (chromium) await site.close()
})

type Stored = [
  {
    cookies: { httpOnly: boolean }[]
    origins: { localStorage: { name: string }[]; indexedDB?: object[] }[]
  },
  object,
]

const tenTimes = <T>(value: T) => Array.from({ length: 10 }, () => value)

describe.skipIf(!chromium).each(['BODY', 'COOKIE'] as const)(
  'ten tabs with the refresh token in the %s (skipped without Chromium)',
  (transport) => {
    let visitor: Visitor
    let user: string
    beforeAll(async () => {
      visitor = await site.openVisitor(transport)
    })
    afterAll(() => visitor.close())

    const sessionsOf = (userId: string) =>
      site.app.db.session.findMany({ where: { userId }, select: { endReason: true } })

    it('are all signed in by a sign-in in one tab, including tabs that open later', async () => {
      await visitor.open(5)
      await visitor.expectEvent('signed-out: null')
      visitor.refreshCount()
      user = await visitor.register(2)
      await visitor.expectEvent(`signed-in: ${user}`)
      await visitor.open(5)
      expect(await visitor.each('tab.me()')).toEqual(tenTimes(user))
      expect(visitor.refreshCount()).toBe(0)
      await visitor.each('tab.events.length = 0')
    })

    it.each([
      ['was refused by the service', '11m', 0],
      ['has expired by their own clock', '11m', 11],
      ['was refused once more', '11m', 0],
      ['will soon expire', '8m', 8],
    ] as const)('refresh once for all when the token %s', async (_, service, page) => {
      const before = await visitor.each('tab.session.accessToken()')
      site.app.clock.advance(service)
      await visitor.each(`tab.advance(${page * 60_000})`)
      expect(await visitor.each('tab.me()')).toEqual(tenTimes(user))
      const renewed = () => visitor.each('tab.session.accessToken()')
      await eventually(async () => new Set([...before, ...(await renewed())]).size).toBe(2)
      expect(await renewed()).not.toContain(before[0])
      expect(visitor.refreshCount()).toBe(1)
      expect(await sessionsOf(user)).toEqual([{ endReason: null }])
      expect(await visitor.each('tab.events')).toEqual(tenTimes([]))
    })

    it('stay signed in without a request when one tab reloads', async () => {
      await visitor.tabAt(4).reload()
      expect(await visitor.tabAt(4).evaluate('tab.me()')).toBe(user)
      expect(visitor.refreshCount()).toBe(0)
      await visitor.each('tab.events.length = 0')
    })

    const [count, refreshes] = transport === 'COOKIE' ? [1, 'one refresh'] : [0, 'no refresh']
    it(`are signed in again after a restart of the browser, with ${refreshes} for the first tab`, async () => {
      await visitor.closeSessions()
      await visitor.reload([visitor.tabAt(0)])
      expect(await visitor.tabAt(0).evaluate('tab.me()')).toBe(user)
      expect(visitor.refreshCount()).toBe(count)
      await visitor.reload([visitor.tabAt(1)])
      expect(await visitor.tabAt(1).evaluate('tab.me()')).toBe(user)
      expect(visitor.refreshCount()).toBe(0)
    })

    it(`are signed in again with ${refreshes} when all tabs are restored at once`, async () => {
      await visitor.closeSessions()
      await visitor.reload()
      await visitor.expectEvent(`signed-in: ${user}`)
      expect(await visitor.each('tab.me()')).toEqual(tenTimes(user))
      expect(visitor.refreshCount()).toBe(count)
    })

    const storedNames = transport === 'COOKIE' ? [] : ['latchkey']
    const storedDescription = transport === 'COOKIE' ? 'nothing' : 'one text'
    it(`store ${storedDescription} where a script can read it`, async () => {
      const [{ cookies, origins }, sessionStorageItems] = JSON.parse(
        await readBrowserStorage(visitor.tabAt(0)),
      ) as Stored
      expect(cookies.filter(({ httpOnly }) => !httpOnly)).toEqual([])
      const names = origins.flatMap(({ localStorage }) => localStorage.map(({ name }) => name))
      expect(names.map((name) => name.split('.')[0])).toEqual(storedNames)
      expect(origins.flatMap(({ indexedDB = [] }) => indexedDB)).toEqual([])
      expect(sessionStorageItems).toEqual({})
    })

    it('follow a sign-in as another user in one tab', async () => {
      user = await visitor.register(7)
      await visitor.expectEvent(`signed-in: ${user}`)
      expect(await visitor.each('tab.me()')).toEqual(tenTimes(user))
      expect(visitor.refreshCount()).toBe(0)
    })

    it('are all signed out by a sign-out in one tab', async () => {
      await visitor.tabAt(3).evaluate('tab.session.signOut()')
      await visitor.expectEvent('signed-out: SIGNED_OUT')
      expect(await visitor.each('tab.me()')).toEqual(tenTimes(null))
      expect(visitor.refreshCount()).toBe(0)
      expect(await sessionsOf(user)).toEqual([{ endReason: 'LOGOUT' }])
    })

    it('are all signed out by one refused refresh', async () => {
      user = await visitor.register(9)
      await visitor.expectEvent(`signed-in: ${user}`)
      const data = { endedAt: site.app.clock.now(), endReason: 'REVOKED' } as const
      await site.app.db.session.updateMany({ where: { userId: user }, data })
      expect(await visitor.each('tab.me()')).toEqual(tenTimes(null))
      await visitor.expectEvent('signed-out: SESSION_ENDED')
      expect(visitor.refreshCount()).toBe(1)
    })
  },
)
