// Preloaded by `node --import`, says which V8 flags a program sets: `flag <name>` on standard error.
import { writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import v8 from 'node:v8'

const { setFlagsFromString } = v8
v8.setFlagsFromString = (flag) => {
  writeSync(2, `flag ${flag}\n`)
  setFlagsFromString(flag)
}
syncBuiltinESMExports()
