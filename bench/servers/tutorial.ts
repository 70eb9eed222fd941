import { join } from 'node:path'
import { peersFolder } from '../support/paths.js'
import type { Contender } from './contender.js'
import { graphqlApi } from './graphql-api.js'
import { nodeProgram } from './node-program.js'

const payload = '{ accessToken refreshToken }'
const operation = (name: string, input: string) =>
  `mutation ${name}($input: ${input}!) { ${name.toLowerCase()}(input: $input) ${payload} }`

export const tutorial: Contender = {
  name: 'tutorial',
  title: 'tutorial stack: Apollo standalone, Prisma, jose, argon2',
  unavailableReason: () => null,
  api: graphqlApi({
    path: '/',
    register: operation('Register', 'Credentials'),
    login: operation('Login', 'Credentials'),
    refresh: operation('Refresh', 'RefreshInput'),
    me: 'query Me { me { id email } }',
  }),
  start: nodeProgram({
    args: ['--import', 'tsx', 'main.js'], // Prisma generates TypeScript
    cwd: join(peersFolder, 'tutorial'),
    readyPath: '/',
  }),
  async seed(client, users) {
    await client.query(`
      INSERT INTO "User" ("id", "email", "password")
        SELECT gen_random_uuid(), 'user' || lpad(n::text, 7, '0') || '@example.com', (SELECT "password" FROM "User" LIMIT 1)
        FROM generate_series(1, ${users}) n;
      INSERT INTO "RefreshToken" ("id", "tokenHash", "userId", "expiresAt")
        SELECT gen_random_uuid(), encode(sha256((u."id"::text || n)::bytea), 'hex'), u."id",
          now() + interval '14 days'
        FROM "User" u, generate_series(1, 2) n`)
  },
}
