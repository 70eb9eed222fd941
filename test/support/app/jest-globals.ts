// What a suite that is written for Jest imports from '@jest/globals' (see vitest.config.ts), and what may
// be said of its tests from outside: by their names, since nothing else of them can be reached.
import * as vitest from 'vitest'

export { afterAll, beforeAll, beforeEach, expect, vi as jest } from 'vitest'

type Run = () => unknown

/** Tests that are to fail, each with what it is to say. */
const expectedFailures = new Map<string, string>()
const failedAsExpected: string[] = []
const skippedTests: string[] = []

export const suite = {
  /** To be called before the suite is defined. */
  expectFailure: (name: string, message: string) => void expectedFailures.set(name, message),
  /** The tests that were there to fail. */
  failedAsExpected: failedAsExpected as readonly string[],
  /** What the suite itself skips: left out, so that a skipped test stays a sign of something missing. */
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

/** Jest hands a hook that asks for one a function to call at its end; Vitest hands it something else. */
export function afterEach(hook: Run | ((done: () => void) => void)) {
  vitest.afterEach(() => (hook.length === 0 ? (hook as Run)() : new Promise<void>(hook)))
}
