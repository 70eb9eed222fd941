import type pg from 'pg'
import type { Api } from './api.js'
import type { ServerProcess } from './process.js'

export interface Workspace {
  /** A database of its own. */
  readonly databaseUrl: string
  /** A folder of its own. */
  readonly folder: string
  readonly log: string
}

/** A server that is compared. */
export interface Contender {
  readonly name: string
  readonly title: string
  /** Why it cannot run here; null when it can. */
  readonly unavailableReason: () => string | null
  readonly api: Api
  readonly start: (workspace: Workspace) => Promise<ServerProcess>
  /** Adds so many users with their sessions to its tables, once somebody is registered. */
  readonly seed: ((client: pg.Client, users: number) => Promise<void>) | null
}
