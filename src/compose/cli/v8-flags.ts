import { setFlagsFromString } from 'node:v8'

/**
 * The V8 flags of `npm start` that can be set at runtime (docs/performance.md). `npx latchkey start` runs the program
 * without our flags, and not every `env` passes flags from a shebang.
 */
const runtimeFlags = ['--heap-growing-percent=25', '--no-allocation-site-pretenuring']

export function setV8Flags() {
  for (const flag of runtimeFlags) setFlagsFromString(flag)
}
