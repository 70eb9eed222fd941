import 'reflect-metadata'
import type { Logger } from 'pino'
import type { Config } from './config.js'
import { createAccounts, createPasswordHasher } from './features/accounts/index.js'
import { createAudit } from './features/audit/index.js'
import { AuthService } from './features/auth/index.js'
import {
  createRefreshSession,
  createRefreshTokenCodec,
  createRemoveExpiredSessions,
  createRevokeSession,
  createSessions,
} from './features/sessions/index.js'
import {
  createAccessTokens,
  createKeyRotation,
  createPrivateKeyCipher,
  createSigningKeys,
  hasSigningKeys,
} from './features/tokens/index.js'
import { systemClock, type Clock } from './platform/clock.js'
import { keepAuthSecret } from './platform/crypto/auth-secret.js'
import { newId } from './platform/crypto/ids.js'
import { createKeyring } from './platform/crypto/keyring.js'
import { systemRandom, type Random } from './platform/crypto/random.js'
import { openDatabase, type DatabaseTarget } from './platform/database/database.js'

export interface Parts {
  readonly config: Config
  readonly log: Logger
  readonly clock?: Clock
  readonly random?: Random
  /** Where the data is; by default where the settings say. */
  readonly target?: DatabaseTarget
}

export type Services = Awaited<ReturnType<typeof openServices>>

/** The parts list: everything that Latchkey does, from the bottom up, without HTTP in front of it. */
export async function openServices(parts: Parts) {
  const { config, log, clock = systemClock, random = systemRandom } = parts
  const hashing = createPasswordHasher(config.argon2) // beside the database, which opens meanwhile
  hashing.catch(() => undefined)
  const database = await openDatabase(parts.target ?? targetOf(config), log)
  try {
    const { db } = database
    const isFirstStart = async () => !(await hasSigningKeys(db))
    const secrets =
      config.authSecrets ?? (await keepAuthSecret(config.dataDir, { random, isFirstStart }))

    const audit = createAudit({ clock })

    const cipher = createPrivateKeyCipher(createKeyring(secrets, 'signing keys'))
    const keyRotation = createKeyRotation(config.signingKeys, { database, clock, cipher, audit })
    const keys = createSigningKeys({ db, clock, cipher })
    await keyRotation.prepare()
    await keys.load()
    const newTokenId = () => newId(clock)
    const accessTokens = createAccessTokens(config.accessTokens, { keys, clock, newTokenId })

    const codec = createRefreshTokenCodec(createKeyring(secrets, 'refresh tokens'), random)
    const sessions = createSessions(config.sessions, { db, clock, codec, audit })
    const refreshSession = createRefreshSession(config.sessions, { database, clock, codec, audit })
    const revokeSession = createRevokeSession({ database, sessions, audit })
    const removeExpiredSessions = createRemoveExpiredSessions({ database, clock })

    const hasher = await hashing
    const accounts = createAccounts({ database, clock, hasher, sessions, audit })

    const auth = new AuthService(
      {
        registrationOpen: config.registrationOpen,
        passwordMinLength: config.passwords.minLength,
      },
      { database, accounts, sessions, refreshSession, accessTokens, audit },
    )

    const jobs = [
      { name: 'read signing keys', every: 5_000, run: keys.load },
      { name: 'rotate signing keys', every: 60_000, run: () => keyRotation.runSchedule() },
      { name: 'remove expired sessions', every: 600_000, run: removeExpiredSessions },
    ]
    return {
      database,
      clock,
      keys,
      keyRotation,
      accessTokens,
      sessions,
      revokeSession,
      accounts,
      auth,
      jobs,
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

export const targetOf = ({ postgres, dataDir }: Config): DatabaseTarget =>
  postgres ? { kind: 'postgres', ...postgres } : { kind: 'embedded', dataDir }
