import { registerEnumType } from 'type-graphql'

export const MfaMethod = {
  TOTP: 'TOTP',
  RECOVERY_CODE: 'RECOVERY_CODE',
  PASSKEY: 'PASSKEY',
} as const

export type MfaMethod = keyof typeof MfaMethod

registerEnumType(MfaMethod, {
  name: 'MfaMethod',
  description: 'A method that can complete a sign-in after the first factor.',
  valuesConfig: {
    TOTP: { description: 'A code of an authenticator app.' },
    RECOVERY_CODE: { description: 'One of the codes for a lost device. Each works once.' },
    PASSKEY: { description: 'A passkey.' },
  },
})
