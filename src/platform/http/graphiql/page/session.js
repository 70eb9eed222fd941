// Remembers the tokens of the last sign-in, and sends them with requests. In memory only: closing the page forgets
// them. Neither another script of this origin nor a stolen disk reveals a token.

/** @type {{ accessToken: string, refreshToken?: string, email?: string } | null} */
let signedIn = null
const listeners = new Set()

export const session = {
  get: () => signedIn,
  subscribe(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** Sends every operation of the page, including introspection. */
export async function fetcher({ query, operationName, variables }, { headers, documentAST } = {}) {
  const fields = rootFields(documentAST, operationName)
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: withAccessToken(headers),
    body: JSON.stringify({
      query,
      operationName,
      variables: withRefreshToken(variables, fields),
    }),
  })
  const result = await response.json()
  if (fields.includes('logout') && !result.errors) remember(null)
  // An AuthPayload, under any mutation or alias.
  for (const value of Object.values(result.data ?? {})) if (value?.accessToken) remember(value)
  return result
}

// Replaces everything: the refresh token of the previous sign-in may belong to another user, or be used already.
function remember(payload) {
  signedIn = payload && {
    accessToken: payload.accessToken,
    refreshToken: payload.refreshToken,
    email: payload.user?.email,
  }
  for (const listener of listeners) listener()
}

// Headers typed in the Headers editor win.
function withAccessToken(typed) {
  const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' })
  if (signedIn) headers.set('authorization', `Bearer ${signedIn.accessToken}`)
  for (const [name, value] of Object.entries(typed ?? {})) headers.set(name, value)
  return headers
}

// Logout too: it must end the session even when the access token has expired meanwhile.
function withRefreshToken(variables, fields) {
  const wanted = fields.includes('refresh') || fields.includes('logout')
  const given = variables?.input?.refreshToken ?? null
  if (!wanted || given !== null || !signedIn?.refreshToken) return variables
  return { ...variables, input: { ...variables?.input, refreshToken: signedIn.refreshToken } }
}

/** The names of the root fields of the operation that runs. */
function rootFields(documentAST, operationName) {
  const operations = (documentAST?.definitions ?? []).filter(({ operation }) => operation)
  const running = operations.find(({ name }) => name?.value === operationName) ?? operations[0]
  return (running?.selectionSet.selections ?? []).map(({ name }) => name?.value)
}
