import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Runner, Round } from './rounds.js'

/** Argon2id and nothing else, in a process of its own, as many at once as there are cores. */
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
