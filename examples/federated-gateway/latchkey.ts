import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'

/** Latchkey with its embedded database in ./data, in a process of its own. */
export async function startLatchkey(port: string, settings: Readonly<Record<string, string>>) {
  const issuer = `http://localhost:${port}`
  const child = spawn('npx', ['latchkey', 'start'], {
    env: { LOG_LEVEL: 'warn', ...process.env, PORT: port, PUBLIC_URL: issuer, ...settings },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // Ctrl+C ends what is in front of it first.
  })
  const ended = once(child, 'exit')
  do {
    await wait(100)
    if (child.exitCode !== null) throw new Error('Latchkey did not start.')
  } while (!(await isReady(issuer)))
  return {
    issuer,
    close: async () => {
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGTERM')
      await ended
    },
  }
}

const isReady = (url: string) =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
