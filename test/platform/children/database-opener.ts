// Opens the database that its argument describes, reports it and closes it.
import { type DatabaseTarget, openDatabase } from '../../../src/platform/database/database.js'
import { silentLog } from '../../support/database/database-url.js'

const target = JSON.parse(process.argv[2] ?? '') as DatabaseTarget
const database = await openDatabase(target, silentLog)
process.send?.(await database.db.user.count())
await database.close()
process.disconnect()
