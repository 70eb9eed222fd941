import { createSchema } from '../../../src/compose/schema.js'
import { policiesOf } from '../../../src/features/limits/index.js'

/** What every mutation declares. */
export const policies = policiesOf(await createSchema())
