import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * Number of cores that this process may use. Node.js reports the machine's cores. In a container the cgroup's CPU
 * quota counts (cgroup v2, `cpu.max`: "quota period").
 */
export function availableCores(cpuMaxFile = '/sys/fs/cgroup/cpu.max'): number {
  const cores = availableParallelism()
  try {
    const [quota, period] = readFileSync(cpuMaxFile, 'utf8').trim().split(' ').map(Number)
    if (!quota || !period) return cores
    return Math.max(1, Math.min(cores, Math.floor(quota / period)))
  } catch {
    return cores
  }
}
