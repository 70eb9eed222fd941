// Adds up vitest's JSON reports. With all services available, every test must run once: tests that the embedded run
// skips (races need several connections) must run on PostgreSQL.
import { readFileSync } from 'node:fs'
import { basename, relative } from 'node:path'

let passed = 0
let failed = 0
/** Tests by file and name, and whether any run executed them. */
const executed = new Map()
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const skipped = report.numPendingTests + report.numTodoTests
  const name = basename(file, '.json')
  console.log(
    `${name}: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`,
  )
  passed += report.numPassedTests
  failed += report.numFailedTests + (report.success ? 0 : Math.max(0, 1 - report.numFailedTests))
  for (const { name: path, assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults) {
      const test = `${relative(process.cwd(), path)} ${fullName}`
      executed.set(
        test,
        (executed.get(test) ?? false) || status === 'passed' || status === 'failed',
      )
    }
  }
}
const neverRun = [...executed].flatMap(([test, wasExecuted]) => (wasExecuted ? [] : [test]))
for (const test of neverRun) console.log(`never executed, although every service is there: ${test}`)
console.log(`${passed} passed, ${failed + neverRun.length} failed`)
process.exit(failed + neverRun.length > 0 ? 1 : 0)
