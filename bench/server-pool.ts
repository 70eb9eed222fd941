import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { emailOf as seededEmail } from '../test/support/database/million-users.js'
import { emailOf, type Api, type Tokens } from './servers/api.js'
import type { Contender, Workspace } from './servers/contender.js'
import type { ServerProcess } from './servers/process.js'
import { withClient, type Databases } from './support/databases.js'

/** A contender that runs, with its people. */
export interface RunningServer {
  readonly contender: Contender
  readonly process: ServerProcess
  readonly api: Api
  readonly workspace: Workspace
  /** Signed in, and left alone by sign-ins: a session that is evicted would refuse `me`. */
  readonly accounts: readonly Tokens[]
  /** Those who sign in, of the seeded ones: they have the password of who was registered first. */
  readonly loginEmails: readonly string[]
  /** With what each person's refreshing goes on, round after round. */
  refreshTokens: readonly string[]
  /** Access tokens that refreshes gave and nobody has used yet. */
  readonly unusedTokens: string[]
}

export interface ServerPoolDeps {
  readonly databases: Databases
  readonly folder: string
  readonly users: number
  readonly logProgress: (text: string) => void
}

export type ServerPool = ReturnType<typeof createServerPool>

const defaultAccountCount = 48

/** Starts each contender once, on a database of its own with as many users as the others have. */
export function createServerPool({ databases, folder, users, logProgress }: ServerPoolDeps) {
  const servers = new Map<string, Promise<RunningServer>>()

  async function createWorkspace(name: string): Promise<Workspace> {
    const ownFolder = join(folder, name)
    mkdirSync(ownFolder)
    return { databaseUrl: await databases.create(name), folder: ownFolder, log: `${ownFolder}.log` }
  }

  async function open(
    contender: Contender,
    size = users,
    count = defaultAccountCount,
  ): Promise<RunningServer> {
    logProgress(`starting ${contender.name}`)
    const workspace = await createWorkspace(contender.name)
    const process = await contender.start(workspace)
    try {
      const { api } = contender
      const accounts = await registerAll(api, process.port, count)
      await seedUsers(contender, workspace, size)
      return {
        ...{ contender, process, api, workspace, accounts },
        loginEmails: Array.from({ length: defaultAccountCount }, (_, i) => seededEmail(1 + i)),
        refreshTokens: accounts.map(({ refresh }) => refresh),
        unusedTokens: [],
      }
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  return {
    makePlace: createWorkspace,

    open(contender: Contender, size?: number, accounts?: number) {
      const { name } = contender
      const opening = servers.get(name) ?? open(contender, size, accounts)
      servers.set(name, opening)
      return opening
    },

    async close() {
      const opened = await Promise.allSettled(servers.values())
      servers.clear()
      for (const each of opened) {
        if (each.status === 'fulfilled') await each.value.process.stop()
      }
    },
  }
}

async function seedUsers({ seed }: Contender, { databaseUrl }: Workspace, users: number) {
  if (!seed) return
  await withClient(databaseUrl, async (client) => {
    await seed(client, users)
    await client.query('VACUUM ANALYZE')
    await client.query('CHECKPOINT')
  })
}

/** A few at a time: their hashes take all cores as it is. */
async function registerAll(api: Api, port: number, count: number): Promise<Tokens[]> {
  const accounts: Tokens[] = []
  while (accounts.length < count) {
    const emails = Array.from({ length: 4 }, (_, i) => emailOf(accounts.length + i))
    accounts.push(...(await Promise.all(emails.map((email) => api.register(port, email)))))
  }
  return accounts
}
