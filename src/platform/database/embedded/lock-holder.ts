import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from '../../zod.js'

const holderSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Start time in clock ticks since boot. Distinguishes a process from a later one with the same pid. */
  started: z.string(),
  boot: z.string(),
  /** The pid namespace: pids of two containers cannot be compared. */
  namespace: z.string(),
})

/** The process that wrote a lock file. Fields that the platform does not provide are empty. */
export type LockHolder = z.infer<typeof holderSchema>

export function thisProcess(): LockHolder {
  return {
    pid: process.pid,
    host: hostname(),
    started: readProcStat(process.pid)?.started ?? '',
    boot: readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readOrEmpty(() => readlinkSync('/proc/self/ns/pid')),
  }
}

/** undefined when the text is not (yet) a complete record. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Whether `holder` still runs, as far as `self` can know without watching its heartbeat. */
export function livenessOf(holder: LockHolder, self: LockHolder): 'alive' | 'dead' | 'unknown' {
  const sameMachine =
    self.namespace === ''
      ? holder.host === self.host
      : holder.namespace === self.namespace && holder.boot === self.boot
  if (!sameMachine) return 'unknown'
  const stat = readProcStat(holder.pid)
  if (stat !== undefined) return stat.started === holder.started ? 'alive' : 'dead'
  // No /proc, or hidden from us (hidepid): the pid exists, but may belong to another process now.
  return processExists(holder.pid) ? 'unknown' : 'dead'
}

function readProcStat(pid: number): { started: string } | undefined {
  // proc(5): the second field is a name that may contain anything, so count from its closing bracket.
  const stat = readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const started = fields[18]
  if (started === undefined) return undefined
  // A killed process stays a zombie until its parent waits for it; in many containers, for ever.
  return { started: state === 'Z' || state === 'X' ? '' : started }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function readOrEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
