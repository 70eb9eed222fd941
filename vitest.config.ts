import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Each project names it: in the common part it would run an additional time for the whole run.
const globalSetup = 'test/support/app/global-setup.ts'

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const jestGlobals = pathOf('test/support/app/jest-globals.ts')

// Files in test/soak that try many inputs and measure nothing; two of them run at a time.
const soakInputs = ['naughty-*', '*-fuzz', 'refresh-histories', 'key-rotation-under-load'].map(
  (name) => `test/soak/${name}.test.ts`,
)

// Temporary files in memory, if there is space for some databases of 40 MB: containers often have only 64 MB. A new
// embedded database has 1,000 files, and some disks take 1 ms to create each. The soak tests use the disk.
const env = { TMPDIR: hasFreeSpace('/dev/shm', 2 ** 30) ? '/dev/shm' : tmpdir() }

function hasFreeSpace(folder: string, bytes: number) {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= bytes
  } catch {
    return false
  }
}

// The file for the counts that .ci/run adds up.
const report = process.env['TEST_REPORT']

export default defineConfig({
  // TypeGraphQL's decorators are TypeScript's own, not those of the later standard.
  oxc: { decorator: { legacy: true } },
  // Vite would load graphql's ES modules for our files, and Node.js its CommonJS files for the libraries. graphql
  // refuses a schema from "another module or realm".
  // The examples, which have an installed package, get the package under test.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      { find: /^@latchkey\/(\w+)$/, replacement: pathOf('packages/$1/src/index.ts') },
      { find: /^@latchkey\/(\w+)\/(\w+)$/, replacement: pathOf('packages/$1/src/$2.ts') },
    ],
  },
  test: {
    // Some tests kill or suspend processes and listen for signals, which threads share.
    pool: 'forks',
    // Loading the server takes longer than most test files, so a worker loads it once. Every file starts its own app,
    // so files share only code.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    ...(report && { reporters: ['default', ['json', { outputFile: report }]] }),
    projects: [
      {
        extends: true,
        // Apollo Server's integration tests are written for Jest.
        resolve: { alias: [{ find: /^@jest\/globals$/, replacement: jestGlobals }] },
        test: {
          name: 'app',
          env,
          include: ['test/**/*.test.ts'],
          exclude: ['test/alone/**', 'test/soak/**'],
          globalSetup,
          // Node.js does not apply the alias to modules that it loads itself.
          server: { deps: { inline: ['@apollo/server-integration-testsuite'] } },
        },
      },
      {
        // Tests that measure time run after `app`, one file at a time, so that nothing disturbs them.
        extends: true,
        test: {
          name: 'alone',
          env,
          include: ['test/alone/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          globalSetup,
        },
      },
      {
        extends: true,
        test: {
          name: 'soak',
          include: ['test/soak/**/*.test.ts'],
          exclude: soakInputs,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          globalSetup,
        },
      },
      {
        extends: true,
        test: {
          name: 'soak-inputs',
          include: soakInputs,
          sequence: { groupOrder: 3 },
          globalSetup,
        },
      },
    ],
  },
})
