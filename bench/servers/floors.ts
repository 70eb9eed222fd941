import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { peersFolder } from '../support/paths.js'
import type { Contender } from './contender.js'
import { nodeProgram } from './node-program.js'
import { startProcess } from './process.js'
import { meApi, fullApi } from './rest-api.js'

const floorsFolder = join(peersFolder, 'floors')
const alwaysAvailable = () => null

const usersAndSessions = `
  INSERT INTO sessions (id, user_id, expires_at)
    SELECT gen_random_uuid(), u.id, now() + interval '90 days' FROM users u, generate_series(1, 2)`

const nodeFloor = (name: string, title: string, path?: string): Contender => ({
  name,
  title,
  unavailableReason: alwaysAvailable,
  api: meApi(path),
  start: nodeProgram({
    args: ['node.js'],
    cwd: floorsFolder,
    readyPath: '/ready',
  }),
  async seed(client, users) {
    await client.query(`
      INSERT INTO users (id, email)
        SELECT gen_random_uuid(), 'user' || lpad(n::text, 7, '0') || '@example.com' FROM generate_series(1, ${users}) n;
      ${usersAndSessions}`)
  },
})

export const floorNode = nodeFloor(
  'floor-node',
  'floor: node:http, HMAC token, one prepared statement',
)
export const floorStatic = nodeFloor('static', 'floor: node:http, static response', '/static')

const goPath = '/usr/share/gocode'
const libraries = ['golang.org/x/crypto/argon2', 'github.com/jackc/pgx/v4/pgxpool']

/** Native Go, built with Debian's packages. */
export const floorGo: Contender = {
  name: 'floor-go',
  title: 'native Go: net/http, pgx, x/crypto argon2, EdDSA',
  unavailableReason() {
    if (spawnSync('go', ['version']).status !== 0) return 'there is no `go`'
    const missing = libraries.filter((library) => !existsSync(join(goPath, 'src', library)))
    return missing.length > 0 ? `${missing.join(' and ')} not in ${goPath}` : null
  },
  api: fullApi,
  async start({ databaseUrl, folder, log }) {
    const program = join(folder, 'floor-go')
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '' }
    execFileSync('go', ['build', '-o', program, '.'], { cwd: join(floorsFolder, 'go'), env })
    return startProcess({
      command: program,
      args: [],
      cwd: folder,
      env: { DATABASE_URL: databaseUrl },
      readyPath: '/ready',
      log,
    })
  },
  async seed(client: pg.Client, users) {
    await client.query(`
      INSERT INTO users (id, email, password_hash)
        SELECT gen_random_uuid(), 'user' || lpad(n::text, 7, '0') || '@example.com', (SELECT password_hash FROM users LIMIT 1)
        FROM generate_series(1, ${users}) n;
      ${usersAndSessions};
      INSERT INTO refresh_tokens (session_id, token_hash, expires_at)
        SELECT id, sha256(id::text::bytea), now() + interval '14 days' FROM sessions
        ON CONFLICT DO NOTHING`)
  },
}
