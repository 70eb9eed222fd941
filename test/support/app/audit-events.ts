import { createSchema } from '../../../src/compose/schema.js'

const mutations = (await createSchema()).getMutationType()?.getFields() ?? {}

/** The audit event that a mutation declares with `@Audited`. */
export const auditEventOf = (mutation: string) =>
  mutations[mutation]?.extensions['auditEvent'] as string | undefined
