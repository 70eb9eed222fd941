import { readdirSync, readFileSync } from 'node:fs'

// What Linux tells of a process and of those it started: proc(5). Elsewhere, and of one that has ended, nothing.

const ticksPerSecond = 100

const readProc = (file: string) => {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function processTree(pid: number): number[] {
  const children = readProc(`${pid}/task/${pid}/children`)
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return [pid, ...children.flatMap(processTree)]
}

export const descendantsOf = (pid: number) => processTree(pid).slice(1)

/** Seconds of a core, with all its threads; the name, the second field, may have blanks. */
function cpuSecondsOf(pid: number) {
  const stat = readProc(`${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Seconds of a core that a server and its children have used. */
export const cpuSecondsOfTree = (pid: number) =>
  processTree(pid).reduce((sum, each) => sum + (cpuSecondsOf(each) || 0), 0)

/** Resident memory, MB. */
export const memoryMbOf = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1] ?? NaN) / 1_024

export const isLinux = readdirSync('/').includes('proc') && process.platform === 'linux'
