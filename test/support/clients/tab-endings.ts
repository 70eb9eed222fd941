import type { Page } from 'playwright-core'
import { isRefresh } from '../browser/session-page.js'

/** Has this tab ask the service who it is, and its refresh wait until it is let go. */
export async function holdRefresh(tab: Page) {
  let letGo: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (letGo = resolve))
  await tab.route('**/graphql', async (route) => {
    if (isRefresh(route.request())) await gate
    await route.continue()
  })
  const sent = tab.waitForRequest(isRefresh)
  await tab.evaluate('void tab.me()')
  await sent
  return { letGo }
}

/** The ways in which a tab can end without a word. */
export const endings = {
  'is closed': (tab: Page) => tab.close(),
  async crashes(tab: Page) {
    const crashed = tab.waitForEvent('crash')
    const devTools = await tab.context().newCDPSession(tab)
    devTools.send('Page.crash').catch(() => undefined)
    await crashed
    await tab.close()
  },
}
