// Preloaded by `node --import`. Writes each V8 flag that a program sets to standard error: `flag <name>`.
import { writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import v8 from 'node:v8'

const { setFlagsFromString } = v8
v8.setFlagsFromString = (flag) => {
  writeSync(2, `flag ${flag}\n`)
  setFlagsFromString(flag)
}
syncBuiltinESMExports()
