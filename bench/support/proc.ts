import { readdirSync, readFileSync } from 'node:fs'

// Linux's data about a process and its children: proc(5). Elsewhere, and for an ended process, nothing.

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

/** CPU seconds of a process with all its threads. The second field, the name, may contain blanks. */
function cpuSecondsOf(pid: number) {
  const stat = readProc(`${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** CPU seconds of a server and its children. */
export const cpuSecondsOfTree = (pid: number) =>
  processTree(pid).reduce((sum, each) => sum + (cpuSecondsOf(each) || 0), 0)

/** Resident memory, MB. */
export const memoryMbOf = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1] ?? NaN) / 1_024

export const isLinux = readdirSync('/').includes('proc') && process.platform === 'linux'
