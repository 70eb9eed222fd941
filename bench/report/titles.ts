/** Titles of the contenders, in the order of the tables. */
export const titles: Readonly<Record<string, string>> = {
  latchkey: 'Latchkey (EdDSA)',
  'latchkey-rs256': 'Latchkey (RS256, the default)',
  'latchkey-uncached': 'Latchkey (EdDSA), no token cache',
  'latchkey-rs256-uncached': 'Latchkey (RS256, the default), no token cache',
  'one-worker': 'Latchkey with Redis, WORKERS=1',
  'two-workers': 'Latchkey with Redis, WORKERS=2',
  'latchkey-embedded': 'Latchkey, embedded database',
  tutorial: 'tutorial: Apollo standalone, Prisma, jose, argon2',
  'better-auth': 'better-auth',
  'better-auth-cached': 'better-auth, cookie cache',
  'accounts-js': 'accounts-js (GraphQL)',
  'oidc-provider': 'oidc-provider',
  'floor-go': 'floor: native Go',
  'floor-node': 'floor: node:http, pg, HMAC token',
  static: 'floor: node:http, static response',
  'hash-alone': 'Argon2id alone, one hash per core at a time',
}
