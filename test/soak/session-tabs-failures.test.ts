// What goes wrong between the tabs of one browser: tabs that die, cross each other, lack an API or the network.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../support/browser/browser.js'
import { eventually, startSessionPage, type Visitor } from '../support/browser/session-page.js'
import { tabEndings, holdRefresh } from '../support/clients/tab-endings.js'

const chromium = findChromium()
let site: Awaited<ReturnType<typeof startSessionPage>>
beforeAll(async () => {
  if (chromium) site = await startSessionPage(chromium)
}, 60_000)
afterAll(async () => {
  if (chromium) await site.close()
})

describe.skipIf(!chromium).each(['BODY', 'COOKIE'] as const)(
  'tabs with the refresh token in the %s (skipped without Chromium)',
  (transport) => {
    let visitor: Visitor
    let user: string
    beforeAll(async () => {
      visitor = await site.openVisitor(transport)
      await visitor.open(4)
    })
    afterAll(() => visitor.close())

    const signIn = async () => {
      user = await visitor.register(0)
      await eventually(() => visitor.each('tab.me()')).toEqual(visitor.tabs.map(() => user))
      await visitor.each('tab.events.length = 0')
      visitor.refreshCount()
    }
    /** All of them at once, and nobody was told a thing. */
    const useAllTabs = async () => {
      expect(await visitor.each('tab.me()')).toEqual(visitor.tabs.map(() => user))
      expect(await visitor.each('tab.events')).toEqual(visitor.tabs.map(() => []))
    }

    it('stay signed in without a network, and go on with one refresh when it is back', async () => {
      await signIn()
      await visitor.context.setOffline(true)
      const failed = visitor.tabs.map(() => 'Failed to fetch')
      expect(await visitor.each('tab.me()')).toEqual(failed)
      site.app.clock.advance('11m')
      await visitor.each('tab.advance(660_000)')
      expect(await visitor.each('tab.me()')).toEqual(failed)
      await visitor.context.setOffline(false)
      visitor.refreshCount()
      await useAllTabs()
      expect(visitor.refreshCount()).toBe(1)
    })

    it('all follow a sign-in that crosses a refresh of the user before', async () => {
      site.app.clock.advance('11m')
      const { letGo } = await holdRefresh(visitor.tabAt(1))
      const registered = visitor.register(0)
      await eventually(() => visitor.tabAt(0).evaluate('tab.events.length')).toBe(1)
      letGo()
      user = await registered
      await visitor.expectEvent(`signed-in: ${user}`)
      await useAllTabs()
    })

    it('stay signed out when the news of a refresh come after the sign-out', async () => {
      const first = visitor.tabAt(0)
      await first.evaluate(`
        const { searchParams } = new URL(location)
        const channel = new BroadcastChannel('latchkey ' + searchParams.get('url'))
        const news = new Promise((resolve) => {
          channel.onmessage = ({ data }) => data.kind === 'tokens' && resolve(data)
        })
        tab.tellLate = async () => channel.postMessage(await news)
      `)
      site.app.clock.advance('11m')
      await visitor.each('tab.me()')
      await first.evaluate('tab.session.signOut()')
      await visitor.expectEvent('signed-out: SIGNED_OUT')
      await first.evaluate('tab.tellLate()')
      expect(await visitor.each('tab.me()')).toEqual(visitor.tabs.map(() => null))
      expect(await visitor.each('tab.events')).toEqual(visitor.tabs.map(() => []))
    })

    const end = transport === 'BODY' ? 'is closed' : 'crashes'
    it(`wait only a moment for one that ${end} in the middle of a refresh`, async () => {
      await signIn()
      site.app.clock.advance('11m')
      const victim = visitor.tabs.pop() as Page
      await holdRefresh(victim)
      const others = useAllTabs()
      const waiting = 'navigator.locks.query().then(({ pending }) => pending.length)'
      await eventually(() => visitor.tabAt(0).evaluate(waiting)).toBe(visitor.tabs.length)
      const start = performance.now()
      await tabEndings[end](victim)
      await others
      expect(performance.now() - start).toBeLessThan(4_000)
      expect(visitor.refreshCount()).toBe(2)
    })

    const expireTokens = async () => {
      site.app.clock.advance('11m')
      await visitor.each('tab.advance(660_000)')
    }

    it('stay signed in, ten at once, in a browser without Web Locks', async () => {
      await visitor.removeApi('locks')
      await visitor.reload()
      await visitor.open(10 - visitor.tabs.length)
      await signIn()
      for (let i = 0; i < 2; i += 1) {
        await expireTokens()
        await useAllTabs()
      }
    })

    it('do so in a browser without BroadcastChannel as well', async () => {
      await visitor.removeApi('BroadcastChannel')
      await visitor.reload()
      await visitor.each('tab.events.length = 0')
      for (let i = 0; i < 2; i += 1) {
        await expireTokens()
        await useAllTabs()
      }
    })

    const count = transport === 'BODY' ? 1 : 2
    const how =
      transport === 'BODY' ? 'take up what another tab has stored' : 'refresh each for itself'
    it(`there ${how}`, async () => {
      await expireTokens()
      visitor.refreshCount()
      for (const index of [0, 1]) {
        expect(await visitor.tabAt(index).evaluate('tab.me()')).toBe(user)
      }
      expect(visitor.refreshCount()).toBe(count)
    })
  },
)
