// Adds up vitest's JSON reports. With all services available, every test must run once: tests that the embedded run
// skips (races need several connections) must run on PostgreSQL.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

let passed = 0
let failed = 0
let neverRun = 0
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const skipped = report.numPendingTests + report.numTodoTests
  const name = basename(file, '.json')
  console.log(
    `${name}: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`,
  )
  passed += report.numPassedTests
  failed += report.numFailedTests + (report.success ? 0 : Math.max(0, 1 - report.numFailedTests))
  if (name !== 'embedded') neverRun += skipped
}
if (neverRun > 0) console.log(`${neverRun} tests were skipped although every service is there`)
console.log(`${passed} passed, ${failed + neverRun} failed`)
process.exit(failed + neverRun > 0 ? 1 : 0)
