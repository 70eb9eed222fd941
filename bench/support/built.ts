import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.js'

/** What is measured is what was built: of a checkout that has changed since, it would say nothing. */
export function checkBuilt() {
  const built = statSync(join(root, 'dist/main.js'), { throwIfNoEntry: false })
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const newer = files.find((file) => {
    if (file.startsWith('generated')) return false // made anew by `npm run check`, too
    const found = statSync(join(root, 'src', file))
    return found.isFile() && !(built && found.mtimeMs <= built.mtimeMs)
  })
  if (newer) throw new Error(`src/${newer} is newer than dist/: npm run build`)
}
