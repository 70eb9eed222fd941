import type { PasswordProblem } from '../../platform/graphql/auth-error.types.js'
import { isInCommonList } from './common-passwords.js'
import { isGuessable } from './guessable-password.js'
import { countCodePoints, parsePassword, type Password } from './password.js'
import { isMadeOfWords, isSequence, repeatedUnit } from './predictable-password.js'

export interface PasswordPolicyDeps {
  readonly minLength: number
  /** The names of the service. */
  readonly productWords: readonly string[]
  readonly isBreached: (password: string) => Promise<boolean>
}

/** The owner of the new password. */
export interface PasswordOwner {
  readonly email: string
  readonly username: string | null
  readonly name: string | null
}

export type PasswordVerdict =
  | { readonly kind: 'acceptable'; readonly password: Password }
  | { readonly kind: 'weak-password'; readonly passwordProblems: PasswordProblem[] }

export type PasswordPolicy = ReturnType<typeof createPasswordPolicy>

/** Reports all problems of a new password at once. There are no composition rules (NIST). */
export function createPasswordPolicy({ minLength, productWords, isBreached }: PasswordPolicyDeps) {
  return async (
    typed: string,
    { email, username, name }: PasswordOwner,
  ): Promise<PasswordVerdict> => {
    const password = parsePassword(typed)
    if (password === null) return { kind: 'weak-password', passwordProblems: ['TOO_LONG'] }
    const [localPart = email] = email.split('@')
    const words = [email, localPart, username, name, ...productWords].filter(
      (word) => word !== null,
    )
    const isPersonal = isMadeOfWords(password, words)
    const problems: Record<PasswordProblem, boolean> = {
      TOO_SHORT: countCodePoints(password) < minLength,
      TOO_LONG: false,
      TOO_COMMON: await isCommon(password, { minLength, words: isPersonal ? null : words }),
      BREACHED: await isBreached(password),
      CONTAINS_PERSONAL_INFORMATION: isPersonal,
    }
    const problemCodes = Object.keys(problems) as PasswordProblem[]
    const passwordProblems = problemCodes.filter((problem) => problems[problem])
    return passwordProblems.length > 0
      ? { kind: 'weak-password', passwordProblems }
      : { kind: 'acceptable', password }
  }
}

// Code points. Guessing programs do not repeat text up to this length.
const maxEstimatedLength = 64

interface CommonCheckOptions {
  readonly minLength: number
  /** The words of the account and the service. Null if they already refused the password. */
  readonly words: readonly string[] | null
}

/**
 * Whether attackers try the password first: a listed password, a sequence, or repeated short text. The list comes first
 * because it costs the least. Patterns are estimated only if nothing else refuses the password.
 */
async function isCommon(password: string, { minLength, words }: CommonCheckOptions) {
  const text = password.toLowerCase()
  const unit = repeatedUnit(text)
  if ((await isInCommonList(text)) || (await isInCommonList(unit)) || isSequence(text)) return true
  const length = countCodePoints(text)
  if (length < minLength || length >= maxEstimatedLength) return false
  return countCodePoints(unit) < minLength || (words !== null && isGuessable(password, words))
}
