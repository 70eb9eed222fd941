/** The maximum number of passkeys per user. */
export const maxPasskeys = 20

/** What the begin of a registration decided for its finish. The challenge token carries it. */
export interface RegistrationDetails {
  readonly name: string | null
  readonly isConditional: boolean
}

export const formatDetails = ({ name, isConditional }: RegistrationDetails) =>
  JSON.stringify([isConditional, name])

/** The text comes from a challenge token, whose MAC is valid. */
export function parseDetails(text: string): RegistrationDetails {
  const [isConditional, name] = JSON.parse(text) as [boolean, string | null]
  return { name, isConditional }
}
