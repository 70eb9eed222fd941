import { availableParallelism } from 'node:os'
import { chooseEngine } from '../../src/platform/crypto/password-hashing/argon2-engine.js'
import { createLatencyRecorder } from '../load/latencies.js'
import { password } from '../servers/api.js'
import { cpuSecondsOfTree } from '../support/proc.js'
import type { Round } from './rounds.js'

// The engine that Latchkey chooses.
const engine = await chooseEngine('auto')
const stored = await engine.hash(password, { memoryKib: 19_456, iterations: 2, parallelism: 1 })

process.on('message', (seconds: number) => {
  void hashFor(seconds).then((round) => process.send?.(round))
})
process.on('disconnect', () => process.exit())

async function hashFor(seconds: number): Promise<Round> {
  const times = createLatencyRecorder()
  const cpuBefore = cpuSecondsOfTree(process.pid)
  const start = performance.now()
  const end = start + seconds * 1_000
  const hash = async () => {
    while (performance.now() < end) {
      const startedAt = performance.now()
      if (!(await engine.verify(stored, password))) throw new Error('the hash does not verify')
      times.add(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, hash))
  const perSecond = (times.summary().count / (performance.now() - start)) * 1_000
  const cpu = ((cpuSecondsOfTree(process.pid) - cpuBefore) / times.summary().count) * 1e6
  return { ...times.summary(), perSecond, cpu }
}
