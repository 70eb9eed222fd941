import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Named by each project: one in the common part would run once more for all of them together.
const globalSetup = 'test/support/app/global-setup.ts'

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const jestGlobals = pathOf('test/support/app/jest-globals.ts')

// Of test/soak what tries many inputs and measures nothing: two files at a time.
const soakInputs = ['naughty-*', '*-fuzz', 'refresh-histories', 'key-rotation-under-load'].map(
  (name) => `test/soak/${name}.test.ts`,
)

// Where to put the counts that .ci/run adds up.
const report = process.env['TEST_REPORT']

export default defineConfig({
  // TypeGraphQL's decorators are TypeScript's own, not those of the later standard.
  oxc: { decorator: { legacy: true } },
  // Vite would load graphql's ES modules for our files and Node its CommonJS for the libraries: two
  // copies, and graphql refuses a schema from "another module or realm".
  // And the examples, which have an installed package, get the one that is being tested.
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
    // Loading the server takes longer than most test files: a worker loads it once. Every file starts an app
    // of its own, so nothing is shared but code.
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
          include: ['test/**/*.test.ts'],
          exclude: ['test/alone/**', 'test/soak/**'],
          globalSetup,
          // What Node loads knows no alias.
          server: { deps: { inline: ['@apollo/server-integration-testsuite'] } },
        },
      },
      {
        // What measures time: after `app`, one file after the other, so that nothing else disturbs it.
        extends: true,
        test: {
          name: 'alone',
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
