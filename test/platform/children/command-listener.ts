// Listens for commands in the folder given as argument, with a umask of 0.
import { listenForCommands } from '../../../src/compose/cli/listen-for-commands.js'
import type { Services } from '../../../src/compose/services.js'

process.umask(0)
const [, , dataDir = ''] = process.argv
const server = await listenForCommands(dataDir, {} as Services)
process.send?.(process.umask(0))
process.once('disconnect', () => void server.close())
