import { readdirSync, readFileSync } from 'node:fs'

// Linux process data from proc(5). Empty for a process that has ended.

const readProcFile = (file: string) => {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    return ''
  }
}

const listProcFolder = (folder: string) => {
  try {
    return readdirSync(`/proc/${folder}`)
  } catch {
    return []
  }
}

/** A field of proc_pid_stat(5) by its number there. The name, which may contain blanks, is the second. */
function statField(number: number, file: string): number {
  const stat = readProcFile(file)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3])
}

export const parentOf = (pid: number) => statField(4, `${pid}/stat`)
/** Hundredths of a second on a core. */
export const cpuTicksOf = (pid: number) => statField(14, `${pid}/stat`)
export const niceOf = (pid: number) => statField(19, `${pid}/stat`)
export const niceOfThreads = (pid: number) =>
  listProcFolder(`${pid}/task`).map((thread) => statField(19, `${pid}/task/${thread}/stat`))

export const commandOf = (pid: number) => readProcFile(`${pid}/cmdline`)
export const environmentOf = (pid: number) => readProcFile(`${pid}/environ`)

/** Processes with this text in their command line. */
export const findProcesses = (text: string) =>
  listProcFolder('')
    .map(Number)
    .filter((pid) => pid > 0 && commandOf(pid).includes(text))
/** The files that are mapped into its memory, such as libraries. */
export const memoryMapsOf = (pid: number) => readProcFile(`${pid}/maps`)
