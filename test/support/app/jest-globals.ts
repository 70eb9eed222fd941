// Replaces '@jest/globals' for a suite written for Jest (see vitest.config.ts). Expectations about its tests refer to
// their names, since nothing else of them is accessible.
import * as vitest from 'vitest'

export { afterAll, beforeAll, beforeEach, expect, vi as jest } from 'vitest'

type Run = () => unknown

/** Tests that are expected to fail, each with its expected message. */
const expectedFailures = new Map<string, string>()
const failedAsExpected: string[] = []
const skippedTests: string[] = []

export const suite = {
  /** Call before the suite is defined. */
  expectFailure: (name: string, message: string) => void expectedFailures.set(name, message),
  /** The tests that failed as expected. */
  failedAsExpected: failedAsExpected as readonly string[],
  /** Tests that the suite itself skips. They are not registered, so that a skipped test still signals a gap. */
  skippedTests: skippedTests as readonly string[],
}

const skip = (name: string) => void skippedTests.push(name)

export const describe = Object.assign(
  (name: string, define: () => void) => {
    vitest.describe(name, define)
  },
  { skip, each: vitest.describe.each.bind(vitest.describe) },
)

export const it = Object.assign(
  (name: string, run: Run, timeout?: number) => {
    const message = expectedFailures.get(name)
    if (message === undefined) {
      vitest.it(name, () => run(), timeout)
      return
    }
    failedAsExpected.push(name)
    const fail = () => vitest.expect(async () => run()).rejects.toThrow(message)
    vitest.it(`${name} (deviates: ${message})`, fail, timeout)
  },
  { skip, each: vitest.it.each.bind(vitest.it) },
)

export { it as test }

/** Jest passes a `done` callback to a hook that takes an argument; Vitest passes its context. */
export function afterEach(hook: Run | ((done: () => void) => void)) {
  vitest.afterEach(() => (hook.length === 0 ? (hook as Run)() : new Promise<void>(hook)))
}
