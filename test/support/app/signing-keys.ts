import { inject } from 'vitest'
import { parseConfig } from '../../../src/compose/config/config.js'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { openServices } from '../../../src/compose/services.js'
import { createLogger } from '../../../src/platform/observability/logger.js'
import { testSecret } from './test-secret.js'

/** The signing keys of an earlier start, for the whole run: creating them takes longer than a test. */
export async function createSigningKeys(target: DatabaseTarget): Promise<string> {
  const config = parseConfig({ NODE_ENV: 'test', AUTH_SECRET: testSecret })
  const services = await openServices({ config, log: createLogger('silent'), target })
  const rows = await services.database.db.signingKey.findMany()
  await services.close()
  return JSON.stringify(
    rows.map(({ id, algorithm, status, publicJwk, privateJwe }) => ({
      id,
      algorithm,
      status,
      public_jwk: publicJwk,
      private_jwe: privateJwe,
    })),
  )
}

/** Inserts the keys as if they had been created at that time. */
export const signingKeysInsert = (now: Date): [string, unknown[]] => [
  `INSERT INTO signing_keys SELECT (jsonb_populate_record(null::signing_keys, key ||
     jsonb_build_object('created_at', $2::text, 'changed_at', $2::text))).* FROM jsonb_array_elements($1::jsonb) key`,
  [inject('signingKeys'), now.toISOString()],
]

/** A well-formed id (RFC 7638) that belongs to no key. */
export const unknownKid = (number: number) => `invented-${number}`.padEnd(43, 'x')
