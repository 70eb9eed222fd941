import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { programArgs, workingFolder } from './program.js'

/** Runs a program of the checkout as a shell does, until it ends. */
export async function runProgram(
  program: 'cli' | 'main',
  env: Record<string, string>,
  { args = [], input = '' }: { args?: readonly string[]; input?: string | Buffer } = {},
) {
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env
  const child = spawn(process.execPath, [...programArgs(program), ...args], {
    cwd: workingFolder,
    env: { PATH, HOME, TMPDIR, ...env },
  })
  child.stdin.end(input)
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code: child.exitCode, out, err }
}
