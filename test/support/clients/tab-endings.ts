import type { Page } from 'playwright-core'
import { isRefreshRequest } from '../browser/session-page.js'

/** Makes this tab read `me`, and holds its refresh until it is released. */
export async function holdRefresh(tab: Page) {
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  await tab.route('**/graphql', async (route) => {
    if (isRefreshRequest(route.request())) await gate
    await route.continue()
  })
  const sent = tab.waitForRequest(isRefreshRequest)
  await tab.evaluate('void tab.me()')
  await sent
  return { letGo: release }
}

/** The ways in which a tab can end without notice. */
export const tabEndings = {
  'is closed': (tab: Page) => tab.close(),
  async crashes(tab: Page) {
    const crashed = tab.waitForEvent('crash')
    const devTools = await tab.context().newCDPSession(tab)
    devTools.send('Page.crash').catch(() => undefined)
    await crashed
    await tab.close()
  },
}
