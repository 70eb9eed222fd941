import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.js'

/** Throws when a source is newer than the build: the bench would measure outdated code. */
export function checkBuilt() {
  const built = statSync(join(root, 'dist/main.js'), { throwIfNoEntry: false })
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const newer = files.find((file) => {
    if (file.startsWith('generated')) return false // `npm run check` generates it too
    const found = statSync(join(root, 'src', file))
    return found.isFile() && !(built && found.mtimeMs <= built.mtimeMs)
  })
  if (newer) throw new Error(`src/${newer} is newer than dist/. Run \`npm run build\`.`)
}
