import type pg from 'pg'
import type { Api } from './api.js'
import type { ServerProcess } from './process.js'

export interface Workspace {
  /** The contender's own database. */
  readonly databaseUrl: string
  /** The contender's own folder. */
  readonly folder: string
  readonly log: string
}

/** A server in the comparison. */
export interface Contender {
  readonly name: string
  readonly title: string
  /** Why the contender cannot run here; null when it can. */
  readonly unavailableReason: () => string | null
  readonly api: Api
  readonly start: (workspace: Workspace) => Promise<ServerProcess>
  /** Adds `users` users with their sessions to the tables, after the first registration. */
  readonly seed: ((client: pg.Client, users: number) => Promise<void>) | null
}
