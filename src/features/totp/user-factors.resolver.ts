import { Extensions, FieldResolver, Int, Resolver, Root, UseMiddleware } from 'type-graphql'
import {
  MfaMethod,
  readSignInMethods,
  secondFactorsOf,
  type MfaPolicy,
} from '../credentials/index.js'
import { ownUserOnly, User } from '../users/index.js'
import type { Database } from '../../platform/database/database.js'
import { costs } from '../../platform/graphql/documents/limits.js'

@UseMiddleware(ownUserOnly)
@Resolver(() => User)
export class UserFactorsResolver {
  readonly #database: Database
  readonly #mfaPolicy: MfaPolicy

  constructor(database: Database, mfaPolicy: MfaPolicy) {
    this.#database = database
    this.#mfaPolicy = mfaPolicy
  }

  @Extensions({ cost: costs.statement })
  @FieldResolver(() => [MfaMethod], {
    nullable: true,
    description:
      'The methods that can complete a sign-in with the password. Empty if the password alone is enough.',
  })
  async mfaMethods(@Root() user: User): Promise<MfaMethod[]> {
    const methods = await readSignInMethods(this.#database.query, user.id)
    return secondFactorsOf(methods, this.#mfaPolicy)
  }

  @Extensions({ cost: costs.statement })
  @FieldResolver(() => Int, { nullable: true, description: 'The number of unused recovery codes.' })
  async recoveryCodesRemaining(@Root() user: User) {
    return (await readSignInMethods(this.#database.query, user.id)).recoveryCodes
  }
}
