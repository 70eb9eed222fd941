import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './server-process.js'

/** Whether the tests have Redis: .ci/run provides one, a machine with Node alone does not. */
export const hasRedis = process.env['TEST_REDIS_URL'] !== undefined

export interface RedisServer {
  readonly url: string
  /** Stops answering, and keeps its connections. */
  readonly pause: () => void
  readonly resume: () => void
  /** Kills it at once; its data is lost. */
  readonly kill: () => Promise<void>
  /** Starts again on the same port, empty. */
  readonly restart: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A Redis for one test, which can pause and kill it. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let child = await launch(port)
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill,
    restart: async () => {
      await kill()
      child = await launch(port)
    },
    close: kill,
  }
}

async function launch(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp']
  const child = spawn('redis-server', options, { stdio: 'ignore' })
  const deadline = performance.now() + 10_000
  while (!(await acceptsConnections(port))) {
    if (performance.now() > deadline) throw new Error('redis-server did not start')
    await sleep(10)
  }
  return child
}

async function acceptsConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
