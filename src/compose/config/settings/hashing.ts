import { integer } from '../value-types.js'
import { defineGroup } from './setting.js'

export const hashing = defineGroup({
  title: 'Password hashing',
  settings: {
    ARGON2_MEMORY_KIB: {
      parse: integer(7_168, 262_144),
      default: '19456',
      description:
        'Memory per hash in KiB. Together with `ARGON2_ITERATIONS`, at least one row of OWASP’s table.',
    },
    ARGON2_ITERATIONS: {
      parse: integer(1, 20),
      default: '2',
      description: 'Passes over that memory.',
    },
    ARGON2_PARALLELISM: {
      parse: integer(1, 16),
      default: '1',
      description: 'Lanes of a hash (the parameter `p`).',
    },
    ARGON2_CONCURRENCY: {
      parse: integer(1, 256),
      unset: 'cores / `WORKERS`',
      description:
        'Concurrent hashes per worker. At most the smaller of the cores (as the cgroup allows, divided among `WORKERS`) and `UV_THREADPOOL_SIZE` - 1.',
    },
    ARGON2_QUEUE: {
      parse: integer(1, 100_000),
      unset: '64 × `ARGON2_CONCURRENCY`',
      description: 'Hashes that may wait. When the queue is full, the answer is `SERVICE_BUSY`.',
    },
  },
  toConfig(values, { maxConcurrentHashes, optimizations }) {
    const concurrency = values.ARGON2_CONCURRENCY ?? maxConcurrentHashes
    return {
      argon2: {
        memoryKib: values.ARGON2_MEMORY_KIB,
        iterations: values.ARGON2_ITERATIONS,
        parallelism: values.ARGON2_PARALLELISM,
        concurrency,
        queue: values.ARGON2_QUEUE ?? 64 * concurrency,
        engine: optimizations.argon2Engine,
        ownProcess: optimizations.hashingProcess,
      },
    }
  },
})
