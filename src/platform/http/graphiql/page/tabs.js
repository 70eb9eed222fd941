// The tabs that the page opens with. GraphiQL uses the name of the operation as the title of the tab. The page finds
// accessToken and refreshToken in the answer of a sign-in: keep both selected.

const outcomes = `__typename
    ... on AuthPayload {
      accessToken
      expiresIn
      refreshToken
      refreshTokenExpiresAt
      user {
        id
        email
        name
      }
    }
    ... on AuthError {
      code
      message
      problems {
        path
        message
      }
      passwordProblems
    }`

const credentials = { email: 'ada@example.com', password: 'correct horse battery staple' }

const tab = (query, input) =>
  input ? { query, variables: JSON.stringify({ input }, null, 2) } : { query }

export const tabs = [
  tab(
    `# Welcome to Latchkey! Press ▶ or Ctrl-Enter to
# create the account of the variables below.
#
# The page keeps the tokens of the answer in memory
# only, and sends the access token itself. Run the
# tabs from left to right. Reload the page to delete
# the tokens.
mutation Register($input: RegisterInput!) {
  register(input: $input) {
    ${outcomes}
    ... on EmailVerificationRequired {
      email
    }
  }
}
`,
    { ...credentials, name: 'Ada Lovelace', deviceName: 'GraphiQL' },
  ),
  tab(
    `# Every sign-in starts a new session, which may have
# a name. Try a wrong password, too: it returns the
# AuthError of the union, not a GraphQL error.
mutation Login($input: LoginInput!) {
  login(input: $input) {
    ${outcomes}
  }
}
`,
    { ...credentials, deviceName: 'GraphiQL' },
  ),
  tab(
    `# Who am I, and where am I signed in? The page
# sends "Authorization: Bearer <access token>" for
# you. A header in the Headers below overrides it.
query Me {
  me {
    id
    email
    username
    name
    createdAt
    sessions(first: 20) {
      totalCount
      nodes {
        id
        current
        deviceName
        userAgent
        ipAddress
        lastUsedAt
        expiresAt
      }
    }
  }
}
`,
  ),
  tab(
    `# New tokens for the refresh token. While it is
# null below, the page fills in its current one. A
# replaced token still works for some seconds. After
# that it counts as stolen and ends the session.
mutation Refresh($input: RefreshInput!) {
  refresh(input: $input) {
    ${outcomes}
  }
}
`,
    { refreshToken: null },
  ),
  tab(
    `# Ends the session. While refreshToken is null,
# the page fills in its current one, and deletes
# both tokens afterwards. Then try Me.
mutation Logout($input: LogoutInput!) {
  logout(input: $input) {
    sessionId
  }
}
`,
    { refreshToken: null },
  ),
  tab(
    `# The settings for a sign-up form. They are public,
# as the schema is: open the book at the top left.
query Settings {
  authSettings {
    registrationOpen
    passwordMinLength
    passwordMaxLength
  }
}
`,
  ),
]
