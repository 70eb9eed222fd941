// Bundles the entries of @latchkey/client. They include the parts of wonka that the urql binding needs, so the client
// has no dependencies: with strict package managers it cannot import the copy of @urql/core.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '..')
const client = join(root, 'packages/client')
const dist = join(client, 'dist')

const build = await rolldown({
  input: ['index', 'apollo', 'urql', 'operations'].map((name) => join(client, `src/${name}.ts`)),
  platform: 'neutral',
  external: [/^@apollo\/client/, '@urql/core', 'rxjs'],
  tsconfig: join(client, 'tsconfig.json'),
  resolve: { mainFields: ['module'] },
  onLog(_level, { code, message }) {
    throw new Error(`${code ?? ''} ${message}`) // such as a module that is not found
  },
})
await build.write({ dir: dist, format: 'esm', chunkFileNames: '[name]-[hash].js', sourcemap: true })

copyFileSync(join(root, 'node_modules/wonka/LICENSE.md'), join(dist, 'wonka-license.md'))
// For tools that read documents, such as GraphQL Code Generator.
copyFileSync(join(client, 'src/operations.graphql'), join(dist, 'operations.graphql'))
