import { setFlagsFromString } from 'node:v8'

/**
 * Those V8 flags of `npm start` that V8 takes at runtime, too. docs/performance.md says what they do. `npx latchkey start`
 * runs this file's program without a start command of ours, and not every `env` passes flags on from a shebang.
 */
const runtimeFlags = ['--heap-growing-percent=25', '--no-allocation-site-pretenuring']

export function setV8Flags() {
  for (const flag of runtimeFlags) setFlagsFromString(flag)
}
