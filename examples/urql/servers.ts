import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { createServer } from 'vite'

const root = import.meta.dirname

/** Latchkey and the page. The environment has the ports and the settings of Latchkey. */
export async function startServers(environment: NodeJS.ProcessEnv) {
  const { PORT = '4000', PAGE_PORT = '5173' } = environment
  const service = `http://localhost:${PORT}`
  const page = `http://localhost:${PAGE_PORT}`

  const latchkey = spawn('node_modules/.bin/latchkey', ['start'], {
    cwd: root,
    env: { DATA_DIR: './data', LOG_LEVEL: 'warn', ...environment, PORT, CORS_ORIGINS: page },
    stdio: 'inherit',
  })
  const ended = once(latchkey, 'exit').then(([code]) => code as number | null)
  while (!(await answers(`${service}/readyz`))) {
    if (latchkey.exitCode !== null) throw new Error('Latchkey did not start: it says why above.')
    await setTimeout(100)
  }

  const vite = await createServer({
    root,
    server: { port: Number(PAGE_PORT), strictPort: true },
    define: { 'import.meta.env.VITE_LATCHKEY_URL': JSON.stringify(`${service}/graphql`) },
  })
  await vite.listen().catch((error: unknown) => {
    latchkey.kill()
    throw error
  })

  return {
    page,
    /** The code with which Latchkey ended, by itself or because it was closed. */
    ended,
    async close() {
      latchkey.kill()
      await Promise.all([vite.close(), ended])
    },
  }
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
