import 'reflect-metadata'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { pagesRoutes } from '../features/hosted-pages/index.js'
import { createIdentify, createViewerLoader } from '../features/auth/index.js'
import { createUsersById, gatewayResolvers } from '../features/gateways/index.js'
import { mailPreviewRoutes } from '../features/mail/index.js'
import { createRateLimitMiddleware, policiesOf, policyOf } from '../features/limits/index.js'
import { relatedOriginsRoute } from '../features/passkeys/index.js'
import { wellKnownRoutes } from '../features/access-tokens/index.js'
import type { Database } from '../platform/database/database.js'
import { createApollo } from '../platform/graphql/apollo.js'
import { answerEnrollmentRequired } from '../platform/graphql/answer-enrollment-required.js'
import { createContextFactory } from '../platform/graphql/context.js'
import { limitMutationTime, limitQueryTime } from '../platform/graphql/deadlines.js'
import { createDocumentExecutor } from '../platform/graphql/document-executor.js'
import { readTrustedDocuments } from '../platform/graphql/documents/trusted-documents.js'
import { graphqlRoute } from '../platform/graphql/graphql.route.js'
import { graphiqlRoutes } from '../platform/http/graphiql/graphiql.route.js'
import { healthRoutes } from '../platform/http/health.route.js'
import { createRefreshCookies } from '../platform/http/refresh-cookie.js'
import { createHttpServer } from '../platform/http/server.js'
import { startJobs } from '../platform/jobs.js'
import { systemTimer, type Timer } from '../platform/timer.js'
import { createSchema } from './schema.js'
import type { InfrastructureOptions } from './infrastructure.js'
import { openServices, type Services } from './services.js'

export interface AppOptions extends InfrastructureOptions {
  /** For the deadlines of requests. */
  readonly timer?: Timer
  /** `background`: all jobs run. `manual`: only jobs with `runAtStop` run, when the app stops. */
  readonly jobs?: 'background' | 'manual'
  /** The number of this worker, from 1. */
  readonly worker?: number
}

export interface App {
  readonly server: FastifyInstance
  readonly services: Services
  /** Finishes the requests in flight, then closes the database. */
  close(): Promise<void>
}

// Milliseconds. A shutdown cuts off longer requests: the process has 10 s in all.
const closeTimeoutMs = 7_000

/** The services behind GraphQL and HTTP. */
export async function createApp(options: AppOptions): Promise<App> {
  const { introspection, trustedFile } = options.config.documents
  const trusted = trustedFile === null ? null : readTrustedDocuments(trustedFile)
  const services = await openServices(options)
  const { database } = services
  try {
    const { config, log, timer = systemTimer } = options
    const limitFields = createRateLimitMiddleware({
      ...services,
      identify: createIdentify(services),
      factor: config.rateLimitFactor,
    })
    const usersById = createUsersById(services.users)
    const gateways = gatewayResolvers(config.gateways).map((Gateway) => new Gateway(usersById))
    const schema = await createSchema(
      [...services.resolvers, ...gateways],
      {
        aroundMutations: [
          answerEnrollmentRequired('MFA_ENROLLMENT_REQUIRED'),
          limitMutationTime((info) => policyOf(info).deadlineMs, timer),
          limitFields,
        ],
        aroundQueries: [limitQueryTime(timer)],
      },
      config.gateways,
    )
    for (const gateway of gateways) gateway.setSchema(schema)
    const policies = [...policiesOf(schema)]
    const apollo = createApollo(schema, {
      production: config.production,
      introspection,
      trusted,
      credentialMutations: new Set(
        policies.flatMap(([name, { takesCredentials }]) => (takesCredentials ? [name] : [])),
      ),
      log,
    })
    await apollo.start()

    const contextFor = createContextFactory({
      verifyToken: (token) => services.accessTokens.verify(token),
      loadViewer: createViewerLoader({ ...services, mfaPolicy: config.mfaPolicy, log }),
      refreshCookie: createRefreshCookies(config),
    })
    let isClosing = false
    const isDatabaseUp = createDatabaseCheck(database, log)
    const isReady = async () => !isClosing && (await isDatabaseUp())
    const graphiql = !config.production
    const { issuer } = config.accessTokens
    const { appUrl, publicUrl } = config
    const execute = createDocumentExecutor({ schema, contextFor, log })
    const { recentMail } = services
    const relatedOrigins = config.passkeys?.relatedOrigins ?? []
    const { findNewEmail } = services.email
    const server = await createHttpServer({ ...config, log }, [
      healthRoutes({ isReady, redis: services.redis }),
      wellKnownRoutes({ keys: services.keys, issuer }),
      ...(relatedOrigins.length > 0 ? [relatedOriginsRoute(relatedOrigins)] : []),
      graphqlRoute({ apollo, contextFor, graphiql }),
      ...(graphiql ? [graphiqlRoutes] : []),
      // Only without APP_URL: a custom front end has its own pages.
      ...(appUrl === publicUrl ? [pagesRoutes({ execute, publicUrl, findNewEmail })] : []),
      ...(recentMail && config.mail.hasPreview ? [mailPreviewRoutes({ recentMail })] : []),
    ])
    const { worker = 1 } = options
    const ownJobs = services.jobs.filter(({ runsOn }) => runsOn === 'each' || worker === 1)
    const areJobsManual = options.jobs === 'manual'
    const jobs = startJobs(
      areJobsManual ? ownJobs.filter(({ runAtStop }) => runAtStop) : ownJobs,
      log,
    )

    return {
      server,
      services,
      async close() {
        isClosing = true
        await readArrivedRequests()
        const forceCloseTimer = setTimeout(() => {
          server.server.closeAllConnections()
        }, closeTimeoutMs)
        const jobsStopped = jobs.stop() // in parallel with the requests: both have to end in time
        await server.close()
        clearTimeout(forceCloseTimer)
        await apollo.stop()
        await jobsStopped
        await services.close()
      },
    }
  } catch (error) {
    await services.close()
    throw error
  }
}

// Event loop turns: enough to accept a connection, read its request and start it.
const eventLoopTurns = 5

/** Closing resets connections whose request was not read yet. So the shutdown reads all requests that have arrived. */
async function readArrivedRequests() {
  for (let turn = 0; turn < eventLoopTurns; turn += 1) await setImmediate()
}

/** Logs database outages once when they start and once when they end. */
function createDatabaseCheck(database: Database, log: Logger) {
  let wasUp = true
  return async () => {
    const problem = await database.ping().then(
      () => null,
      (error: unknown) => ({ error }),
    )
    if (wasUp && problem) log.error({ err: problem.error }, 'the database does not answer')
    if (!wasUp && !problem) log.info('the database answers again')
    wasUp = !problem
    return wasUp
  }
}
