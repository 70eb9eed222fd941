import type { Config } from './config/config.js'
import { targetOf } from './database-target.js'
import { createOutboxView, type OutboxView } from '../features/mail/index.js'
import { readSigningKeys, type SigningKeyRow } from '../features/access-tokens/index.js'
import { openDatabaseReadOnly } from '../platform/database/database.js'
import type { Log } from '../platform/database/log.js'

/** Services for commands that only read. A running server offers them too. */
export interface ReadServices {
  readonly keyRotation: { readonly list: () => Promise<readonly SigningKeyRow[]> }
  readonly outbox: OutboxView
}

/** Changes nothing: creates no key, secret or folder, and applies no migration. */
export async function openReadServices(config: Config, log: Log) {
  const { db, close } = await openDatabaseReadOnly(targetOf(config), log)
  const services: ReadServices = {
    keyRotation: { list: () => readSigningKeys(db) },
    outbox: createOutboxView(db),
  }
  return { services, close }
}
