import type { Page } from 'playwright-core'
import { expect } from 'vitest'

// The editors draw only the visible lines, so this reads the whole text from CodeMirror.
const codeMirrorExpression = (within: string): string =>
  `document.querySelector('${within} .CodeMirror').CodeMirror`

/** Opens a tab and presses its run button. The displayed answer must contain `expected`. */
export async function runTab(page: Page, tab: string, expected: string): Promise<string> {
  await openTab(page, tab)
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.getByRole('button', { name: 'Execute query' }).click()
  await answered
  const readResult = (): Promise<string> =>
    page.evaluate<string>(`${codeMirrorExpression('.result-window')}.getValue()`)
  await expect.poll(readResult, { timeout: 5000 }).toContain(expected)
  return readResult()
}

/** Fills the Headers editor of a tab. */
export async function typeHeaders(page: Page, tab: string, headers: object): Promise<void> {
  await openTab(page, tab)
  await page.getByRole('button', { name: 'Headers', exact: true }).click()
  const text = JSON.stringify(JSON.stringify(headers))
  const editor = codeMirrorExpression('.graphiql-editor-tool .graphiql-editor:not(.hidden)')
  await page.evaluate(`${editor}.setValue(${text})`)
  await page.waitForTimeout(250)
}

async function openTab(page: Page, tab: string): Promise<void> {
  const tabButton = page.getByRole('tab', { name: tab })
  if ((await tabButton.getAttribute('aria-selected')) === 'true') return
  await tabButton.click()
  // GraphiQL reads an editor 100 ms after a change, and until then would run the old content.
  await page.waitForTimeout(250)
}
