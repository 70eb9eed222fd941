import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { addUsers } from '../../test/support/database/million-users.js'
import type { Contender } from './contender.js'
import { graphqlApi } from './graphql-api.js'
import { startProcess } from './process.js'
import type { Options } from '../options.js'
import { benchFolder, root } from '../support/paths.js'
import manifest from '../../package.json' with { type: 'json' }

const payload =
  '{ __typename ... on AuthPayload { accessToken refreshToken } ... on AuthError { code } }'
const operation = (name: string, input: string) => {
  const field = name.toLowerCase()
  return `mutation ${name}($input: ${input}) { ${field}(input: $input) ${payload} }`
}

export const latchkeyApi = graphqlApi({
  path: '/graphql',
  register: operation('Register', 'RegisterInput!'),
  login: operation('Login', 'LoginInput!'),
  refresh: operation('Refresh', 'RefreshInput'),
  me: 'query Me { me { id email } }',
})

export const authSecret = randomBytes(32)
const secret = authSecret.toString('base64')

export interface Variant {
  readonly name: string
  readonly title: string
  readonly settings?: Readonly<Record<string, string>>
  /** Uses the embedded database in the contender's folder. */
  readonly embedded?: boolean
  readonly nodeOptions?: readonly string[]
}

/** The command of `npm start`, without npm. */
const [command = '', ...startArgs] = manifest.scripts.start.split(' ')
const nodeFlags = startArgs.slice(0, -1)
const builtArgs = [...nodeFlags, join(root, startArgs.at(-1) ?? '')]
const sourceArgs = [
  ...nodeFlags,
  '--import',
  'tsx',
  join(benchFolder, 'servers/latchkey-without.ts'),
]

type RunOptions = Pick<Options, 'set' | 'without'>

/** Latchkey as an operator starts it, with everything on, but with very high rate limits. */
export function latchkey(
  { name, title, ...variant }: Variant,
  { set, without }: RunOptions,
): Contender {
  const { settings = {}, embedded = false, nodeOptions = [] } = variant
  return {
    name,
    title,
    unavailableReason: () => null,
    api: latchkeyApi,
    start: ({ databaseUrl, folder, log }) =>
      startProcess({
        command,
        args: [...nodeOptions, ...(without ? [...sourceArgs, ...without] : builtArgs)],
        cwd: benchFolder, // not the folder with a developer's .env
        env: {
          NODE_ENV: 'production',
          PUBLIC_URL: 'http://localhost:4000',
          ...(embedded ? { DATA_DIR: folder } : { DATABASE_URL: databaseUrl }),
          AUTH_SECRET: secret,
          RATE_LIMIT_FACTOR: '100000',
          ...settings,
          ...set,
        },
        readyPath: '/readyz',
        log,
      }),
    seed: embedded ? null : addUsers,
  }
}
