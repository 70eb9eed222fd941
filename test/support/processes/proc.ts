import { readdirSync, readFileSync } from 'node:fs'

// What Linux tells of its processes: proc(5). Of one that has ended, nothing.

const read = (file: string) => {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    return ''
  }
}

const list = (folder: string) => {
  try {
    return readdirSync(`/proc/${folder}`)
  } catch {
    return []
  }
}

/** A field of proc_pid_stat(5) by its number there; the name, which may have blanks, is the second. */
function field(number: number, file: string): number {
  const stat = read(file)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3])
}

export const parentOf = (pid: number) => field(4, `${pid}/stat`)
/** Hundredths of a second on a core. */
export const workOf = (pid: number) => field(14, `${pid}/stat`)
export const niceOf = (pid: number) => field(19, `${pid}/stat`)
export const niceOfThreads = (pid: number) =>
  list(`${pid}/task`).map((thread) => field(19, `${pid}/task/${thread}/stat`))

export const commandOf = (pid: number) => read(`${pid}/cmdline`)
export const environmentOf = (pid: number) => read(`${pid}/environ`)

/** Those that have this text in their command line. */
export const processesWith = (text: string) =>
  list('')
    .map(Number)
    .filter((pid) => pid > 0 && commandOf(pid).includes(text))
/** The files that are mapped into its memory, such as libraries. */
export const mappedBy = (pid: number) => read(`${pid}/maps`)
