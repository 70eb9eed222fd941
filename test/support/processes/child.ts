import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a TypeScript file as a process with a message channel. */
export function startChild(file: URL, ...args: string[]): ChildProcess {
  return fork(fileURLToPath(file), args, { execArgv: ['--import', 'tsx'] })
}

/** The next message of `child`; throws when it exits first. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const cleanup = new AbortController()
  const exited = once(child, 'exit', { signal: cleanup.signal }).then(([code, signal]) => {
    throw new Error(`the child process ended with ${String(code ?? signal)}`)
  })
  try {
    const [message] = (await Promise.race([once(child, 'message'), exited])) as [unknown]
    return message
  } finally {
    exited.catch(() => undefined)
    cleanup.abort()
  }
}

/** Sends SIGKILL, and waits until the process has ended. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
