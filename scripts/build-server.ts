// Bundles the server into few files: finding, reading and linking 1,500 modules would take most of the start. Modules
// that are loaded on demand stay in separate files.
import { join, relative } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

const root = join(import.meta.dirname, '..')
const sourceFolder = join(root, 'src')

const programs = ['main', 'cli', 'platform/crypto/password-hashing/hashing-child']

// Packages that look for files next to themselves, and packages that are used only if installed.
const external = [
  'argon2',
  '@node-rs/argon2',
  '@electric-sql/pglite',
  'pg-native',
  'class-validator',
]

/** Keeps `import.meta.url` of our modules as it was before bundling: they find other files by it. */
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

/**
 * Keeps source maps of our own sources only: with maps of the libraries, --enable-source-maps would take 30 MB more
 * memory. The code stays unchanged.
 */
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
  resolve: { mainFields: ['main', 'module'] }, // one copy of graphql: it refuses schemas of another copy
  plugins: [rewriteImportMeta, dropLibraryMaps],
  onLog(_level, { code, message }) {
    throw new Error(`${code ?? ''} ${message}`) // such as a module that is not found
  },
})
await build.write({
  dir: join(root, 'dist'),
  format: 'esm',
  // Flat: the relative paths above are then the same from every file.
  chunkFileNames: 'server-[hash].js',
  sourcemap: true,
})
