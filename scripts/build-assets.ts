// Collects what the GraphiQL page loads in dist/graphiql, so that the running server needs neither the
// network nor these development dependencies. A missing file fails the build.
import { copyFileSync, cpSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

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
