import { join } from 'node:path'
import { exchange, formatRequest } from '../load/http-text.js'
import { peersFolder } from '../support/paths.js'
import { type Api, password, emailMarker } from './api.js'
import type { Contender } from './contender.js'
import { nodeProgram } from './node-program.js'

const api: Api = {
  async register(port, email) {
    const body = { email, password, name: 'Somebody' }
    const text = formatRequest({ method: 'POST', path: '/api/auth/sign-up/email', body })
    const { head } = await exchange(port, text)
    const cookies = [...head.matchAll(/^set-cookie: ([^;]+)/gim)].map(([, cookie]) => cookie)
    if (cookies.length === 0) throw new Error(`better-auth set no cookie: ${head}`)
    return { email, access: cookies.join('; '), refresh: '' }
  },
  me: {
    request: (cookie) =>
      formatRequest({ method: 'GET', path: '/api/auth/get-session', headers: { cookie } }),
    expected: emailMarker,
  },
  login: {
    request: (email) =>
      formatRequest({ method: 'POST', path: '/api/auth/sign-in/email', body: { email, password } }),
    expected: '"token":"',
  },
}

const variant = (name: string, title: string, cookieCache: 'on' | 'off'): Contender => ({
  name,
  title,
  unavailableReason: () => null,
  api,
  start: nodeProgram({
    cwd: join(peersFolder, 'better-auth'),
    env: { COOKIE_CACHE: cookieCache },
    readyPath: '/api/auth/ok',
  }),
  async seed(client, users) {
    await client.query(`
      INSERT INTO "user" ("id", "name", "email", "emailVerified")
        SELECT md5('u' || n), 'Somebody', 'user' || lpad(n::text, 7, '0') || '@example.com', false
        FROM generate_series(1, ${users}) n;
      INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "updatedAt")
        SELECT md5('a' || u."id"), u."id", 'credential', u."id", (SELECT "password" FROM "account" LIMIT 1), now()
        FROM "user" u WHERE u."email" LIKE 'user%';
      INSERT INTO "session" ("id", "expiresAt", "token", "updatedAt", "userId")
        SELECT md5(n || u."id"), now() + interval '7 days', md5('t' || n || u."id"), now(), u."id"
        FROM "user" u, generate_series(1, 2) n`)
  },
})

export const betterAuth = variant('better-auth', 'better-auth', 'off')
export const betterAuthCached = variant('better-auth-cached', 'better-auth, cookie cache', 'on')
