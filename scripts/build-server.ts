// The server as few files: to find, read and link 1,500 modules took longer than all else that a start does. What is
// loaded when it is needed stays in files of its own.
import { join, relative } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

const root = join(import.meta.dirname, '..')
const sourceFolder = join(root, 'src')

const programs = ['main', 'cli', 'platform/crypto/password-hashing/hashing-child']

// What looks for files beside itself, and what is used only where it is installed.
const external = [
  'argon2',
  '@node-rs/argon2',
  '@electric-sql/pglite',
  'pg-native',
  'class-validator',
]

/** A module of ours finds other files from where it would be by itself. */
const rewriteImportMeta: Plugin = {
  name: 'rewrite-import-meta',
  transform: {
    filter: { id: /[\\/]src[\\/].*\.ts$/, code: 'import.meta.url' },
    handler(code, id) {
      const relativePath = relative(sourceFolder, id).replaceAll('\\', '/').replace(/ts$/, 'js')
      const url = `new URL('./${relativePath}', import.meta.url).href`
      return { code: code.replaceAll('import.meta.url', url), map: null }
    },
  },
}

/** Maps of our own sources alone: with those of the libraries, --enable-source-maps would keep 30 MB in memory. Code stays as it is. */
const dropLibraryMaps: Plugin = {
  name: 'drop-library-maps',
  transform: {
    filter: { id: /[\\/]node_modules[\\/]/ },
    handler: (code) => ({ code, map: { mappings: '' } }),
  },
}

const build = await rolldown({
  input: Object.fromEntries(programs.map((name) => [name, join(sourceFolder, `${name}.ts`)])),
  platform: 'node',
  external,
  tsconfig: join(root, 'tsconfig.json'),
  resolve: { mainFields: ['main', 'module'] }, // one graphql: it refuses a schema of another copy
  plugins: [rewriteImportMeta, dropLibraryMaps],
  onLog(_level, { code, message }) {
    throw new Error(`${code ?? ''} ${message}`) // such as a module that is not found
  },
})
await build.write({
  dir: join(root, 'dist'),
  format: 'esm',
  // Flat: from each the way to the places above is the same.
  chunkFileNames: 'server-[hash].js',
  sourcemap: true,
})
