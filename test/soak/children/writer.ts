// Writes rows into the embedded database of the folder in its argument and reports each committed row, until it is
// killed.
import { randomUUID } from 'node:crypto'
import { openDatabase } from '../../../src/platform/database/database.js'
import { silentLog } from '../../support/database/database-url.js'

const dataDir = process.argv[2] ?? ''
process.send?.('starting')
const { db, transaction } = await openDatabase({ kind: 'embedded', dataDir }, silentLog)
const before = await db.user.findMany({ select: { id: true } })
process.send?.(before.map(({ id }) => id))

for (;;) {
  const id = randomUUID()
  const now = new Date()
  await transaction(async (tx) => {
    await tx.user.create({ data: { id, email: id, createdAt: now, updatedAt: now } })
    await tx.passwordCredential.create({ data: { userId: id, hash: id, changedAt: now } })
  })
  process.send?.(id)
}
