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
# The page remembers the tokens of the answer, in
# memory only, and sends the access token itself:
# all tabs work at a click, from left to right.
# Reload the page to forget everything.
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
    `# Every sign-in starts a session of its own, with
# a name if you like. Try a wrong password, too:
# no exception, but the AuthError of the union.
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
# you. Your own, in the Headers below, wins.
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
# null below, the page fills in the one that it
# remembers. An old one is forgiven for seconds;
# after that it is theft, and ends the session.
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
# the page fills in the one that it remembers, and
# forgets both tokens afterwards. Then try Me.
mutation Logout($input: LogoutInput!) {
  logout(input: $input) {
    sessionId
  }
}
`,
    { refreshToken: null },
  ),
  tab(
    `# What a sign-up form needs to know. Public, as is
# the schema: open the book at the top left.
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
