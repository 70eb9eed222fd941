import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { peersFolder, root } from './paths.js'

/** Installs what Latchkey is compared with, when that has not been done or the lockfile is newer. */
export function installPeers(say: (text: string) => void) {
  const installed = join(peersFolder, 'node_modules/.package-lock.json')
  const client = join(peersFolder, 'tutorial/generated/client.ts')
  if (!isNewer(installed, join(peersFolder, 'package-lock.json'))) {
    say('installing what is compared (bench/peers)')
    execFileSync('npm', ['ci'], { cwd: peersFolder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  if (isNewer(client, join(peersFolder, 'tutorial/schema.prisma'))) return
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'],
    {
      cwd: join(peersFolder, 'tutorial'),
      // As in prisma.config.ts: generating needs no engine, and none is downloaded.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
}

const isNewer = (made: string, from: string) =>
  existsSync(made) && statSync(made).mtimeMs >= statSync(from).mtimeMs
