import type { Contender } from './contender.js'
import { startProcess } from './process.js'

interface NodeProgram {
  readonly cwd: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly readyPath: string
}

/** How a contender starts that is a program for Node and finds its database in DATABASE_URL. */
export const nodeProgram =
  ({ cwd, args = ['main.js'], env = {}, readyPath }: NodeProgram): Contender['start'] =>
  ({ databaseUrl, log }) =>
    startProcess({
      ...{ command: process.execPath, args, cwd, readyPath, log },
      env: { NODE_ENV: 'production', DATABASE_URL: databaseUrl, ...env },
    })
