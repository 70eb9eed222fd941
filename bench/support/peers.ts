import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { peersFolder, root } from './paths.js'

const peers = ['accounts-js', 'better-auth', 'floors', 'oidc-provider', 'tutorial']

/** Installs the compared packages, if they are missing or older than their lockfile. */
export function installPeers(logProgress: (text: string) => void) {
  for (const peer of peers) {
    const folder = join(peersFolder, peer)
    const installed = join(folder, 'node_modules/.package-lock.json')
    if (isNewer(installed, join(folder, 'package-lock.json'))) continue
    logProgress(`installing ${peer}`)
    execFileSync('npm', ['ci'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  generateClient()
}

function generateClient() {
  const client = join(peersFolder, 'tutorial/generated/client.ts')
  if (isNewer(client, join(peersFolder, 'tutorial/schema.prisma'))) return
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'],
    {
      cwd: join(peersFolder, 'tutorial'),
      // As in prisma.config.ts: generating needs no engine, and this prevents the download.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
}

const isNewer = (made: string, from: string) =>
  existsSync(made) && statSync(made).mtimeMs >= statSync(from).mtimeMs
