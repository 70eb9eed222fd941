import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { AuthenticationMethod } from './authentication-method.types.js'

/**
 * Reasons why an operation is refused, each code with its text. Features add codes by declaration merging;
 * composition passes them to `registerErrorCodes`.
 * @public
 */
export interface AuthErrorCodes {
  readonly INVALID_INPUT: string
}

export type AuthErrorCode = keyof AuthErrorCodes

const AuthErrorCode: Partial<Record<AuthErrorCode, AuthErrorCode>> = {}
const codesConfig: Partial<Record<AuthErrorCode, { description: string }>> = {}

registerEnumType(AuthErrorCode, {
  name: 'AuthErrorCode',
  description:
    'Why an operation was refused. Values may be added: treat an unknown value as a general failure.',
  valuesConfig: codesConfig,
})

/** Call this before the schema is built. */
export function registerErrorCodes(codes: Readonly<Record<string, string>>) {
  for (const [code, description] of Object.entries(codes) as [AuthErrorCode, string][]) {
    AuthErrorCode[code] = code
    codesConfig[code] = { description }
  }
}

registerErrorCodes({ INVALID_INPUT: 'An input field is invalid: see `problems`.' })

const passwordProblems = {
  TOO_SHORT: 'Fewer characters than `AuthSettings.passwordMinLength`.',
  TOO_LONG: 'More characters than `AuthSettings.passwordMaxLength`, or more than 1,024 bytes.',
  TOO_COMMON:
    'One of the passwords that attackers guess first: a leaked one, a pattern, a repetition or a sequence.',
  BREACHED: 'Known from a breach of another service.',
  CONTAINS_PERSONAL_INFORMATION: 'Little more than the address, a name or the name of the service.',
} as const

export type PasswordProblem = keyof typeof passwordProblems
const PasswordProblem = Object.fromEntries(
  Object.keys(passwordProblems).map((problem) => [problem, problem]),
) as { [K in PasswordProblem]: K }

registerEnumType(PasswordProblem, {
  name: 'PasswordProblem',
  description: 'What is wrong with a password. Values may be added.',
  valuesConfig: Object.fromEntries(
    Object.entries(passwordProblems).map(([problem, description]) => [problem, { description }]),
  ),
})

@ObjectType({ simpleResolvers: true, description: 'An invalid input field.' })
export class InputProblem {
  @Field(() => [String], { description: 'For example `["input", "username"]`.' })
  path!: string[]

  @Field(() => String, { description: 'What is wrong with it, in English.' })
  message!: string

  static of(path: string[], message: string) {
    return Object.assign(new InputProblem(), { path, message })
  }
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Why a mutation was refused. One type for all mutations, so that one fragment and one handler serve a whole client. The description of each result lists the codes that its mutation can return.',
})
export class AuthError {
  @Field(() => AuthErrorCode, {
    description: 'For programs. Values may be added: treat an unknown value as a general failure.',
  })
  code!: AuthErrorCode

  @Field(() => String, { description: 'For developers, in English; not a contract.' })
  message!: string

  @Field(() => [InputProblem], {
    description: 'The invalid input fields; empty if there are none.',
  })
  problems!: InputProblem[]

  @Field(() => [PasswordProblem], {
    nullable: true,
    description: 'All problems of the password, for WEAK_PASSWORD.',
  })
  passwordProblems!: PasswordProblem[] | null

  @Field(() => [AuthenticationMethod], {
    nullable: true,
    description: 'How the user can prove presence, for REAUTHENTICATION_REQUIRED.',
  })
  methods!: AuthenticationMethod[] | null

  @Field(() => Int, {
    nullable: true,
    description: 'How many more codes this challenge accepts, for INVALID_MFA_CODE.',
  })
  attemptsRemaining!: number | null

  static of(code: AuthErrorCode, details: AuthErrorDetails = {}) {
    const noDetails = {
      problems: [],
      passwordProblems: null,
      methods: null,
      attemptsRemaining: null,
    }
    return Object.assign(
      new AuthError(),
      { code, message: codesConfig[code]?.description },
      noDetails,
      details,
    )
  }

  /** For problems with values that a person typed into fields of the input. */
  static invalidInput(problems: readonly { field: string; message: string }[]) {
    return AuthError.of('INVALID_INPUT', {
      problems: problems.map(({ field, message }) => InputProblem.of(['input', field], message)),
    })
  }

  /** For an outcome such as `{ kind: 'invalid-credentials' }`, whose kind is the code in kebab case. */
  static fromKind(kind: KebabCase<AuthErrorCode>) {
    return AuthError.of(kind.toUpperCase().replaceAll('-', '_') as AuthErrorCode)
  }
}

type AuthErrorDetails = Partial<
  Pick<AuthError, 'problems' | 'passwordProblems' | 'methods' | 'attemptsRemaining'>
>

type KebabCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}-${KebabCase<Tail>}`
  : Lowercase<S>
