import { startServers } from './servers.js'

const servers = await startServers(process.env)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void servers.close())
}
console.log(`  Open ${servers.page} in a browser. Ctrl+C ends both servers.\n`)

process.exitCode = (await servers.ended) ?? 1
await servers.close()
