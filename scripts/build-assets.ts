// Copies the files of the GraphiQL page to dist/graphiql, so that the running server needs neither the network nor
// these development dependencies. Copies the templates and the list of common passwords next to the code that reads
// them. A missing file fails the build.
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const target = join(root, 'dist/graphiql')
const libraries = [
  'graphiql/graphiql.min.js',
  'graphiql/graphiql.min.css',
  'react/umd/react.production.min.js',
  'react-dom/umd/react-dom.production.min.js',
]

rmSync(target, { recursive: true, force: true })
cpSync(join(root, 'src/platform/http/graphiql/page'), target, { recursive: true })
for (const file of libraries) {
  copyFileSync(join(root, 'node_modules', file), join(target, basename(file)))
}

for (const file of readdirSync(join(root, 'src/features'), { recursive: true, encoding: 'utf8' })) {
  if (!/\.(html|txt|bin)$/.test(file)) continue
  const destination = join(root, 'dist/features', file)
  mkdirSync(dirname(destination), { recursive: true })
  copyFileSync(join(root, 'src/features', file), destination)
}
