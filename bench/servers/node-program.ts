import type { Contender } from './contender.js'
import { startProcess } from './process.js'

interface NodeProgram {
  readonly cwd: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly readyPath: string
}

/** Starts a contender that is a Node.js program and reads DATABASE_URL. */
export const nodeProgram =
  ({ cwd, args = ['main.js'], env = {}, readyPath }: NodeProgram): Contender['start'] =>
  ({ databaseUrl, log }) =>
    startProcess({
      ...{ command: process.execPath, args, cwd, readyPath, log },
      env: { NODE_ENV: 'production', DATABASE_URL: databaseUrl, ...env },
    })
