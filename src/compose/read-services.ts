import type { Config } from './config/config.js'
import { targetOf } from './database-target.js'
import { createOutboxView, type OutboxView } from '../features/mail/index.js'
import { readSigningKeys, type SigningKeyRow } from '../features/access-tokens/index.js'
import { openDatabaseReadOnly } from '../platform/database/database.js'
import type { Log } from '../platform/database/log.js'

/** What a command that reads can ask. A running server offers it as well. */
export interface ReadServices {
  readonly keyRotation: { readonly list: () => Promise<readonly SigningKeyRow[]> }
  readonly outbox: OutboxView
}

/** Changes nothing: no key is made, no secret and no folder, no migration is applied. */
export async function openReadServices(config: Config, log: Log) {
  const { db, close } = await openDatabaseReadOnly(targetOf(config), log)
  const services: ReadServices = {
    keyRotation: { list: () => readSigningKeys(db) },
    outbox: createOutboxView(db),
  }
  return { services, close }
}
