/** Whose attempts are counted together. */
export type Identity =
  /** The client's IPv4 address, also one that is embedded in IPv6, or IPv6 /64. */
  | 'address'
  /** The client's IPv6 /48; nobody's for IPv4. */
  | 'site'
  /** The account concerned: that of the address typed, else the viewer's. It need not exist. */
  | 'account'
  /** The viewer's session. */
  | 'session'
  /** The session that the refresh token names. */
  | 'refreshToken'

/**
 * Whether clients are told what is left of a budget. Others draw on the budget of an account too: its state would tell a
 * stranger that somebody used the address, and so who has an account.
 */
export const isReported: Readonly<Record<Identity, boolean>> = {
  address: true,
  site: true,
  account: false,
  session: true,
  refreshToken: true,
}

export interface Rule {
  readonly per: Identity
  /** Attempts within any window of that length. */
  readonly max: number
  readonly window: `${number}${'s' | 'm' | 'h'}`
}

export interface Policy {
  /** Takes a secret that could be guessed, or costs a hash: at most one of these per operation. */
  readonly takesCredentials: boolean
  /** Milliseconds within which it starts to write, or is refused with SERVICE_BUSY. */
  readonly deadlineMs: number
  readonly rules: readonly Rule[]
}

/**
 * How often each mutation may be attempted. Attempts are counted where a field resolves, so that aliases,
 * fragments and batches multiply nothing. A mutation that is not in the table is refused.
 *
 * @internal Exported for tests, which derive their cases from it.
 */
export const policies = {
  register: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [
      { per: 'address', max: 20, window: '1m' },
      { per: 'address', max: 100, window: '1h' },
      { per: 'account', max: 10, window: '1h' },
    ],
  },
  login: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'address', max: 20, window: '1m' }],
  },
  // A refresh token cannot be guessed, and a server that renders pages refreshes for all its users.
  refresh: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [
      { per: 'refreshToken', max: 120, window: '1m' },
      { per: 'address', max: 600, window: '1m' },
    ],
  },
  logout: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'address', max: 600, window: '1m' }],
  },
  // Per session: with a stolen token nobody uses up the owner's way back. Guesses count per account as well.
  reauthenticate: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 20, window: '1h' }],
  },
  changePassword: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 20, window: '1h' }],
  },
  // Everybody can be mailed by everybody: few per address typed, whether or not somebody has it.
  requestEmailVerification: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [
      { per: 'address', max: 60, window: '1h' },
      { per: 'account', max: 5, window: '1h' },
    ],
  },
  requestPasswordReset: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [
      { per: 'address', max: 60, window: '1h' },
      { per: 'account', max: 5, window: '1h' },
    ],
  },
  requestEmailChange: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'account', max: 5, window: '1h' }],
  },
  verifyEmail: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'address', max: 20, window: '1m' }],
  },
  resetPassword: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'address', max: 20, window: '1m' }],
  },
  confirmEmailChange: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'address', max: 20, window: '1m' }],
  },
  rejectEmailChange: {
    takesCredentials: true,
    deadlineMs: 5_000,
    rules: [{ per: 'address', max: 20, window: '1m' }],
  },
  exportAccountData: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 10, window: '1h' }],
  },
  updateProfile: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 60, window: '1h' }],
  },
  deleteAccount: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 20, window: '1h' }],
  },
  revokeSession: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 60, window: '1m' }],
  },
  revokeOtherSessions: {
    takesCredentials: false,
    deadlineMs: 5_000,
    rules: [{ per: 'session', max: 20, window: '1m' }],
  },
} as const satisfies Record<string, Policy>

/**
 * How much more a whole IPv6 /48 may attempt than one network in it. One customer may hold all of its 65,536 networks of 64
 * bits; but a mobile carrier gives each of as many customers one of them. Sixteen customers at their limit are honest
 * traffic, and an attacker gains a factor of 16 instead of 65,536.
 */
const siteFactor = 16

/** Every rule per address also holds, with the wider budget, for the site around it. */
const withSites = ({ rules, ...policy }: Policy): Policy => ({
  ...policy,
  rules: rules.flatMap((rule) =>
    rule.per === 'address' ? [rule, { ...rule, per: 'site', max: rule.max * siteFactor }] : [rule],
  ),
})

const complete = new Map(
  Object.entries<Policy>(policies).map(([field, policy]) => [field, withSites(policy)]),
)

export const policyOf = (field: string): Policy | null => complete.get(field) ?? null

/** Milliseconds. A mutation without a policy is refused before it does anything. */
export const deadlineOf = (field: string) => policyOf(field)?.deadlineMs ?? 0

export const credentialMutations: ReadonlySet<string> = new Set(
  Object.entries<Policy>(policies).flatMap(([field, policy]) =>
    policy.takesCredentials ? [field] : [],
  ),
)
