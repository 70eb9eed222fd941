// What this page remembers of the last sign-in, and the fetcher that uses it. In memory only: closing
// the page forgets it, and neither another script of this origin nor a stolen disk finds a token.

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

/** Sends every operation of the page, the introspection of the schema included. */
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
  // An AuthPayload, whatever the mutation or its alias is called.
  for (const value of Object.values(result.data ?? {})) if (value?.accessToken) remember(value)
  return result
}

// Nothing is carried over from the sign-in before: its refresh token may be someone else's, or used.
function remember(payload) {
  signedIn = payload && {
    accessToken: payload.accessToken,
    refreshToken: payload.refreshToken,
    email: payload.user?.email,
  }
  for (const listener of listeners) listener()
}

// What the person types in the Headers editor wins.
function withAccessToken(typed) {
  const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' })
  if (signedIn) headers.set('authorization', `Bearer ${signedIn.accessToken}`)
  for (const [name, value] of Object.entries(typed ?? {})) headers.set(name, value)
  return headers
}

// Logout too: it has to end the session even when the access token has expired meanwhile.
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
