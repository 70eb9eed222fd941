import type { MethodDeclarations } from './graphql/authentication-method.types.js'

/** The declarations of a feature besides its operations. src/compose/features.ts lists all features. */
export interface Feature {
  /** Classes from which TypeGraphQL builds the schema. Policies of mutations are decorators on their methods. */
  readonly resolvers?: readonly (new (...services: never[]) => object)[]
  /** The kinds of e-mail that the feature sends: see EmailKind in features/mail. */
  readonly emails?: readonly { readonly name: string }[]
  /** Reasons why its operations refuse: codes of AuthError, with their texts. */
  readonly errorCodes?: Readonly<Record<string, string>>
  /** The authentication methods that its operations offer. */
  readonly authenticationMethods?: MethodDeclarations
  /** The audit events that it records, each with its meaning. */
  readonly auditEvents?: Readonly<Record<string, string>>
}
