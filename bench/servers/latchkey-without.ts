// Runs `npm start` without some optimizations, which have no settings. The arguments name them.
import { start } from '../../src/boot/start.js'
import { parseConfig } from '../../src/compose/config/config.js'
import { allOptimizations } from '../../src/compose/config/optimizations.js'
import { optimizationsWithout } from './switches.js'

const optimizations = { ...allOptimizations, ...optimizationsWithout(process.argv.slice(2)) }
await start(parseConfig(process.env, { optimizations }), process.env)
process.exit()
