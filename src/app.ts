import 'reflect-metadata'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from './config.js'
import { createAccounts, createPasswordHasher, UserResolver } from './features/accounts/index.js'
import { createAudit } from './features/audit/index.js'
import {
  AuthPayloadResolver,
  AuthResolver,
  AuthService,
  createViewerLoader,
} from './features/auth/index.js'
import {
  createRefreshSession,
  createRefreshTokenCodec,
  createSessions,
  SessionConnectionResolver,
} from './features/sessions/index.js'
import { createAccessTokens, createSigningKeys, wellKnownRoutes } from './features/tokens/index.js'
import { systemClock, type Clock } from './platform/clock.js'
import { keepAuthSecret } from './platform/crypto/auth-secret.js'
import { newId } from './platform/crypto/ids.js'
import { createKeyring } from './platform/crypto/keyring.js'
import { systemRandom, type Random } from './platform/crypto/random.js'
import { openDatabase, type Database, type DatabaseTarget } from './platform/database/database.js'
import { createApollo } from './platform/graphql/apollo.js'
import { createContextFactory } from './platform/graphql/context.js'
import { graphqlRoute } from './platform/graphql/graphql.route.js'
import { graphiqlRoutes } from './platform/http/graphiql/graphiql.route.js'
import { healthRoutes } from './platform/http/health.route.js'
import { createHttpServer } from './platform/http/server.js'
import { createSchema } from './schema.js'

export interface AppParts {
  readonly config: Config
  readonly log: Logger
  readonly clock?: Clock
  readonly random?: Random
  /** Where the data is; by default where the settings say. */
  readonly target?: DatabaseTarget
}

export interface App {
  readonly server: FastifyInstance
  readonly database: Database
  /** Finishes what is in flight, then closes the database. */
  close(): Promise<void>
}

// A request that takes longer at shutdown is cut off: the process has 10 s in all.
const patience = 7_000

/** The parts list: everything Latchkey is made of, from the bottom up. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, log, clock = systemClock, random = systemRandom } = parts
  const hashing = createPasswordHasher(config.argon2) // beside the database, which opens meanwhile
  hashing.catch(() => undefined)
  const database = await openDatabase(parts.target ?? targetOf(config), log)
  try {
    const secrets = config.authSecrets ?? (await keepAuthSecret(config.dataDir, random))
    const { db } = database

    const audit = createAudit({ clock })

    const keys = await createSigningKeys({
      db,
      clock,
      keyring: createKeyring(secrets, 'signing keys'),
    })
    const newTokenId = () => newId(clock)
    const accessTokens = createAccessTokens(config.accessTokens, { keys, clock, newTokenId })

    const codec = createRefreshTokenCodec(createKeyring(secrets, 'refresh tokens'), random)
    const sessions = createSessions(config.sessions, { db, clock, codec })
    const refreshSession = createRefreshSession(config.sessions, { database, clock, codec, audit })

    const accounts = createAccounts({ database, clock, hasher: await hashing })

    const auth = new AuthService(
      {
        registrationOpen: config.registrationOpen,
        passwordMinLength: config.passwords.minLength,
      },
      { database, accounts, sessions, refreshSession, accessTokens, audit },
    )

    const schema = await createSchema([
      new SessionConnectionResolver(sessions),
      new UserResolver(sessions),
      new AuthResolver(auth),
      new AuthPayloadResolver(accounts),
    ])
    const apollo = createApollo(schema, { production: config.production, log })
    await apollo.start()

    const contextFor = createContextFactory({
      verifyToken: (token) => accessTokens.verify(token),
      loadViewer: createViewerLoader({ db, clock }),
    })
    let closing = false
    const isReady = async () => !closing && (await answers(database))
    const graphiql = !config.production
    const { issuer } = config.accessTokens
    const server = await createHttpServer({ ...config, log }, [
      healthRoutes({ isReady }),
      wellKnownRoutes({ keys, issuer }),
      graphqlRoute({ apollo, contextFor, graphiql }),
      ...(graphiql ? [graphiqlRoutes] : []),
    ])

    return {
      server,
      database,
      async close() {
        closing = true
        const hurry = setTimeout(() => {
          server.server.closeAllConnections()
        }, patience)
        await server.close()
        clearTimeout(hurry)
        await apollo.stop()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

const targetOf = ({ postgres, dataDir }: Config): DatabaseTarget =>
  postgres ? { kind: 'postgres', ...postgres } : { kind: 'embedded', dataDir }

const answers = (database: Database) =>
  database.ping().then(
    () => true,
    () => false,
  )
