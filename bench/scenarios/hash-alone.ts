import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Runner, Round } from './rounds.js'

/** Runs only Argon2id in a separate process, with one hash per core at a time. */
export function hashRunner(): Runner & { readonly stop: () => void } {
  const program = fileURLToPath(new URL('./hash-alone-child.ts', import.meta.url))
  const child = fork(program, [], { execArgv: ['--import', 'tsx'] })
  return {
    name: 'hash-alone',
    async runRound(seconds) {
      child.send(seconds)
      const [round] = (await once(child, 'message')) as [Round]
      return round
    },
    stop: () => {
      child.disconnect()
    },
  }
}
