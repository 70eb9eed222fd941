// The server as few files: to find, read and link 1,500 modules took longer than all else that a start does. What is
// loaded when it is needed stays in files of its own.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')

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
const places: Plugin = {
  name: 'places',
  transform: {
    filter: { id: /[\\/]src[\\/].*\.ts$/, code: 'import.meta.url' },
    handler(code, id) {
      const place = relative(source, id).replaceAll('\\', '/').replace(/ts$/, 'js')
      const url = `new URL('./${place}', import.meta.url).href`
      return { code: code.replaceAll('import.meta.url', url), map: null }
    },
  },
}

/** Prisma's query compiler as the file that it is: as text in a module it would stay in memory twice. */
const queryCompiler: Plugin = {
  name: 'query compiler',
  load: {
    filter: { id: /query_compiler_.*\.wasm-base64\.mjs$/ },
    handler(id) {
      const [, base64] = /wasm = "([\w+/=]+)"/.exec(readFileSync(id, 'utf8')) ?? []
      if (!base64) throw new Error(`${id} holds no module`)
      const fileName = 'query-compiler.wasm'
      this.emitFile({ type: 'asset', fileName, source: Buffer.from(base64, 'base64') })
      // Prisma hands it to Buffer.from, which takes what valueOf gives: bytes that nobody keeps.
      return `import { readFileSync } from 'node:fs'
        const read = () => readFileSync(new URL('./${fileName}', import.meta.url))
        export const wasm = { valueOf: read }`
    },
  },
}

/** Maps of our own sources alone: with those of the libraries, --enable-source-maps would keep 30 MB in memory. */
const libraries: Plugin = {
  name: 'libraries',
  transform: {
    filter: { id: /[\\/]node_modules[\\/]/ },
    handler: (code) => ({ code, map: { mappings: '' } }),
  },
}

/** Apollo's asks for `module.require`, which a bundle has not, and would hash in JavaScript: 3 % of a request. */
const hashes: Plugin = {
  name: 'hashes',
  load: {
    filter: { id: /@apollo[\\/]utils\.createhash[\\/].*\.js$/ },
    handler: () => `export { createHash } from 'node:crypto'`,
  },
}

/** V8 takes two bytes for each character of a source that has a single one beyond Latin 1. */
const latin: Plugin = {
  name: 'latin',
  generateBundle(_options, bundle) {
    const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue
      file.code = file.code.replace(/(?<!\\)[^\x00-\xff]/g, escaped)
    }
  },
}

const build = await rolldown({
  input: Object.fromEntries(programs.map((name) => [name, join(source, `${name}.ts`)])),
  platform: 'node',
  external,
  tsconfig: join(root, 'tsconfig.json'),
  resolve: { mainFields: ['main', 'module'] }, // one graphql: it refuses a schema of another copy
  plugins: [places, queryCompiler, libraries, hashes, latin],
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
