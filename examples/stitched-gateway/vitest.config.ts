import { defineConfig } from 'vitest/config'

const report = process.env['TEST_REPORT']

export default defineConfig({
  test: {
    testTimeout: 60_000,
    ...(report && { reporters: ['default', ['json', { outputFile: report }]] }),
  },
})
