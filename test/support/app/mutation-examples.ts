import { accountMutations } from './account-mutations.js'
import { factorMutations } from './factor-mutations.js'
import type { MutationExamples } from './mutation-example.types.js'
import { signInMutations } from './sign-in-mutations.js'

export type { CallerContext, MatrixAttempt } from './mutation-example.types.js'
export { nextPassword } from './account-mutations.js'

/** Every mutation of the schema. Tests of rules for all mutations take their cases from here. */
export const mutations: Readonly<Record<string, MutationExamples>> = {
  ...signInMutations,
  ...accountMutations,
  ...factorMutations,
}
