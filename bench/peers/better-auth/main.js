// better-auth on PostgreSQL as its documentation describes it, with e-mail and password. It hashes with Argon2id and
// the same parameters as all contenders. Rate limits are off, as for the others.
import { createServer } from 'node:http'
import argon2 from 'argon2'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import pg from 'pg'

const { PORT, DATABASE_URL, COOKIE_CACHE } = process.env
const argon2id = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

const options = {
  database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'a secret that guards nothing but measurements',
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => argon2.hash(password, argon2id),
      verify: ({ hash, password }) => argon2.verify(hash, password),
    },
  },
  session: { cookieCache: { enabled: COOKIE_CACHE === 'on' } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
}

const { runMigrations } = await getMigrations(options)
await runMigrations()
createServer(toNodeHandler(betterAuth(options))).listen(Number(PORT), '127.0.0.1')
