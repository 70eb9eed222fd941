import type { MethodDeclarations } from './graphql/authentication-method.types.js'

/** What a feature declares of itself, beside its operations. src/compose/features.ts has all features. */
export interface Feature {
  /** Classes that TypeGraphQL makes the schema of. Policies of mutations stand above their methods. */
  readonly resolvers?: readonly (new (...services: never[]) => object)[]
  /** The kinds of e-mail that it sends: see EmailKind in features/mail. */
  readonly emails?: readonly { readonly name: string }[]
  /** Why its operations refuse: codes of AuthError, with their texts. */
  readonly errorCodes?: Readonly<Record<string, string>>
  /** How its operations let people prove who they are. */
  readonly authenticationMethods?: MethodDeclarations
  /** What it records in the audit log, with what each event means. */
  readonly auditEvents?: Readonly<Record<string, string>>
}
