import { createSession } from '@latchkey/client'

export const url = import.meta.env.VITE_LATCHKEY_URL ?? 'http://localhost:4000/graphql'

/**
 * The tokens are in the storage of this page, which every script on it can read: for apps, and where no cookie gets
 * through. The example for Apollo Client has the cookie, which is the better place in a browser.
 */
export const session = createSession({ url, transport: 'BODY', storage: localStorage })
