import { inject } from 'vitest'
import { parseConfig } from '../../../src/compose/config/config.js'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { openServices } from '../../../src/compose/services.js'
import { createLogger } from '../../../src/platform/observability/logger.js'
import { testSecret } from './test-secret.js'

/** The signing keys of a service that was started before, for the whole run: making them takes longer than a test. */
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

/** As if they had been made at that time. */
export const signingKeysInsert = (now: Date): [string, unknown[]] => [
  `INSERT INTO signing_keys SELECT (jsonb_populate_record(null::signing_keys, key ||
     jsonb_build_object('created_at', $2::text, 'changed_at', $2::text))).* FROM jsonb_array_elements($1::jsonb) key`,
  [inject('signingKeys'), now.toISOString()],
]

/** What an id of a key looks like (RFC 7638), of no key. */
export const unknownKid = (number: number) => `invented-${number}`.padEnd(43, 'x')
