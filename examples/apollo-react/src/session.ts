import { createSession } from '@latchkey/client'

export const url = import.meta.env.VITE_LATCHKEY_URL ?? 'http://localhost:4000/graphql'

/** The refresh token is in a cookie that no script can read: this page holds nothing but the access token. */
export const session = createSession({ url, transport: 'COOKIE' })
