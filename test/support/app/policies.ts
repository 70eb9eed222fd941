import { createSchema } from '../../../src/compose/schema.js'
import { policiesOf } from '../../../src/features/limits/index.js'

/** The declared policies of every mutation. */
export const policies = policiesOf(await createSchema())
