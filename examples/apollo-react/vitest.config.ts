import { defineConfig } from 'vitest/config'

// The file for the test counts, which CI adds up.
const report = process.env['TEST_REPORT']

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    ...(report && { reporters: ['default', ['json', { outputFile: report }]] }),
  },
})
