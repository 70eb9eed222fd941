import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { emailOf as seededEmail } from '../test/support/database/million-users.js'
import { emailOf, type Api, type Tokens } from './servers/api.js'
import type { Contender, Place } from './servers/contender.js'
import type { ServerProcess } from './servers/process.js'
import { withClient, type Databases } from './support/databases.js'

/** A contender that runs, with its people. */
export interface Server {
  readonly contender: Contender
  readonly process: ServerProcess
  readonly api: Api
  readonly place: Place
  /** Signed in, and left alone by sign-ins: a session that is evicted would refuse `me`. */
  readonly people: readonly Tokens[]
  /** Those who sign in, of the seeded ones: they have the password of who was registered first. */
  readonly signingIn: readonly string[]
  /** With what each person's refreshing goes on, round after round. */
  refreshTokens: readonly string[]
  /** Access tokens that refreshes gave and nobody has used yet. */
  readonly unseen: string[]
}

export interface HouseNeeds {
  readonly databases: Databases
  readonly folder: string
  readonly users: number
  readonly say: (text: string) => void
}

export type House = ReturnType<typeof createHouse>

const howMany = 48

/** Starts each contender once, on a database of its own with as many users as the others have. */
export function createHouse({ databases, folder, users, say }: HouseNeeds) {
  const servers = new Map<string, Promise<Server>>()

  async function makePlace(name: string): Promise<Place> {
    const own = join(folder, name)
    mkdirSync(own)
    return { databaseUrl: await databases.make(name), folder: own, log: `${own}.log` }
  }

  async function open(contender: Contender, size = users, count = howMany): Promise<Server> {
    say(`starting ${contender.name}`)
    const place = await makePlace(contender.name)
    const process = await contender.start(place)
    try {
      const { api } = contender
      const people = await registerAll(api, process.port, count)
      await fill(contender, place, size)
      return {
        ...{ contender, process, api, place, people },
        signingIn: Array.from({ length: howMany }, (_, i) => seededEmail(1 + i)),
        refreshTokens: people.map(({ refresh }) => refresh),
        unseen: [],
      }
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  return {
    makePlace,

    open(contender: Contender, size?: number, people?: number) {
      const { name } = contender
      const opening = servers.get(name) ?? open(contender, size, people)
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

async function fill({ seed }: Contender, { databaseUrl }: Place, users: number) {
  if (!seed) return
  await withClient(databaseUrl, async (raw) => {
    await seed(raw, users)
    await raw.query('VACUUM ANALYZE')
    await raw.query('CHECKPOINT')
  })
}

/** A few at a time: their hashes take all cores as it is. */
async function registerAll(api: Api, port: number, count: number): Promise<Tokens[]> {
  const people: Tokens[] = []
  while (people.length < count) {
    const some = Array.from({ length: 4 }, (_, i) => emailOf(people.length + i))
    people.push(...(await Promise.all(some.map((email) => api.register(port, email)))))
  }
  return people
}
