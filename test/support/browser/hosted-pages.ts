import type { TestApp } from '../app/app.js'
import type { Server } from '../app/client.js'
import { getLastMailTo } from '../mail/mail.js'

export interface PageAnswer {
  readonly status: number
  readonly headers: Headers
  readonly html: string
}

type SentHeaders = Record<string, string>

export const openPage = async ({ url }: Server, path: string, headers: SentHeaders = {}) =>
  readPage(await fetch(url + path, { headers, redirect: 'manual' }))

/** Sends a form as a browser does, or arbitrary text in its place. */
export const sendForm = async (
  { url }: Server,
  path: string,
  fields: Record<string, string> | string,
  headers: SentHeaders = {},
) =>
  readPage(
    await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
      redirect: 'manual',
    }),
  )

/** Fills in the form of a page and submits it to the form's own action, including hidden fields. */
export function submitForm(
  server: Server,
  { html }: PageAnswer,
  filled: Record<string, string>,
  headers: SentHeaders = {},
) {
  const [, action] = /<form method="post" action="([^"]*)"/.exec(html) ?? []
  if (action === undefined) throw new Error(`no form to be sent:\n${html}`)
  const named = inputsOf(html).map(({ name = '', value = '' }) => [name, filled[name] ?? value])
  return sendForm(
    server,
    decodeHtml(action),
    Object.fromEntries(named) as Record<string, string>,
    headers,
  )
}

async function readPage(response: Response): Promise<PageAnswer> {
  return { status: response.status, headers: response.headers, html: await response.text() }
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x2F;': '/',
  '&#x60;': '`',
  '&#x3D;': '=',
}
export const decodeHtml = (html: string) => html.replace(/&#?\w+;/g, (one) => entities[one] ?? one)

type Attributes = Partial<Record<string, string>>

/** The attributes of every input. */
export const inputsOf = (html: string) =>
  [...html.matchAll(/<input\s([^>]*)>/g)].map(([, text = '']): Attributes => {
    const attributes: Attributes = {}
    for (const [, name = '', value = ''] of text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)) {
      attributes[name] = decodeHtml(value)
    }
    return attributes
  })

/** The error messages, one sentence per paragraph. */
export function problemsOf(html: string): string[] {
  const [, inner = ''] = /role="alert">([^]*?)<\/div>/.exec(html) ?? []
  return [...inner.matchAll(/<p>([^<]*)<\/p>/g)].map(([, text = '']) => decodeHtml(text))
}

export const successTextOf = (html: string) => /role="status">([^<]*)</.exec(html)?.[1]

export const headingOf = (html: string) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1]

/** Path and query of the link in the last message to an address. */
export async function getMailedLink(app: TestApp, email: string): Promise<string> {
  const { url } = await getLastMailTo(app, email)
  if (url === null) throw new Error('the message has no link')
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** The request log entries for these paths. */
export const requestLogLines = ({ logLines }: TestApp, path: string) =>
  logLines
    .map((line) => JSON.parse(line) as { msg: string; path: string; status: number })
    .filter((line) => line.msg === 'request' && line.path === path)
