import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../../../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What `npm start` tells Node and V8. */
export const npmStartFlags = () =>
  manifest.scripts.start.split(' ').filter((argument) => argument.startsWith('--'))

/** Where programs are run: inside the checkout, for tsx, and not where a developer's .env is. */
export const workingFolder = join(root, 'test')

/**
 * How Node is told to run a program of the checkout: as it was built, which starts sooner, unless something of the
 * source has changed since.
 */
export function programArgs(name: 'main' | 'cli'): string[] {
  return isBuilt() ? [join(root, `dist/${name}.js`)] : sourceProgramArgs(name)
}

export const sourceProgramArgs = (name: 'main' | 'cli') => [
  '--import',
  'tsx',
  join(root, `src/${name}.ts`),
]

function isBuilt() {
  const built = statSync(join(root, 'dist/main.js'), { throwIfNoEntry: false })
  // Not what is generated from them: `npm run check` writes it again without a change.
  const sources = [...listFiles('src'), ...listFiles('prisma')].filter((file) => !isGenerated(file))
  return sources.every((file) => built && statSync(join(root, file)).mtime < built.mtime)
}

const listFiles = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    join(folder, file),
  )

const isGenerated = (file: string) => file.startsWith(join('src', 'generated'))
