import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../../../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The Node and V8 flags of `npm start`. */
export const npmStartFlags = () =>
  manifest.scripts.start.split(' ').filter((argument) => argument.startsWith('--'))

/** The working directory of started programs: inside the checkout, for tsx, but away from a developer's .env. */
export const workingFolder = join(root, 'test')

/**
 * The Node arguments to run a program of the checkout. Uses the build, which starts faster, unless a source file has
 * changed since.
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
  // Generated files do not count: `npm run check` writes them again without a change.
  const sources = [...listFiles('src'), ...listFiles('prisma')].filter((file) => !isGenerated(file))
  return sources.every((file) => built && statSync(join(root, file)).mtime < built.mtime)
}

const listFiles = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    join(folder, file),
  )

const isGenerated = (file: string) => file.startsWith(join('src', 'generated'))
