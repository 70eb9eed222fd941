import type { FieldName, FormName } from './texts/page-texts.js'

export interface Page {
  readonly path: string
  readonly name: FormName
  /** Whether the link carries a token, which goes on in a hidden field. */
  readonly hasToken: boolean
  /** What a person fills in. Never empty: programs that read mail press buttons, but they know nothing to type. */
  readonly fields: readonly [Field, ...Field[]]
  /** Whether it tells which new address the link is about. */
  readonly showsAddress?: true
  /** The fields of the form, by their names, are its input. */
  readonly document: string
}

interface Field {
  readonly name: FieldName
  readonly type: 'password' | 'email'
  readonly autocomplete: 'current-password' | 'new-password' | 'email'
  /** Left empty, it is left out of the input. */
  readonly isOptional?: true
}

/** What the pages ask for, and of which operation. */
export const pages: readonly Page[] = [
  {
    path: '/verify-email',
    name: 'verifyEmail',
    hasToken: true,
    fields: [{ name: 'password', type: 'password', autocomplete: 'current-password' }],
    document: `mutation VerifyEmail($input: VerifyEmailInput!) {
      result: verifyEmail(input: $input) { __typename ... on AuthError { code } }
    }`,
  },
  {
    path: '/reset-password',
    name: 'resetPassword',
    hasToken: true,
    fields: [{ name: 'newPassword', type: 'password', autocomplete: 'new-password' }],
    document: `mutation ResetPassword($input: ResetPasswordInput!) {
      result: resetPassword(input: $input) { __typename ... on AuthError { code passwordProblems } }
    }`,
  },
  {
    path: '/confirm-email-change',
    name: 'confirmEmailChange',
    hasToken: true,
    fields: [{ name: 'password', type: 'password', autocomplete: 'current-password' }],
    showsAddress: true,
    document: `mutation ConfirmEmailChange($input: ConfirmEmailChangeInput!) {
      result: confirmEmailChange(input: $input) { __typename ... on AuthError { code } }
    }`,
  },
  {
    path: '/reject-email-change',
    name: 'rejectEmailChange',
    hasToken: true,
    // One form for both cases: before the change is confirmed the address is enough, afterwards it takes the password.
    fields: [
      { name: 'confirmEmail', type: 'email', autocomplete: 'email' },
      {
        name: 'password',
        type: 'password',
        autocomplete: 'current-password',
        isOptional: true,
      },
    ],
    document: `mutation RejectEmailChange($input: RejectEmailChangeInput!) {
      result: rejectEmailChange(input: $input) { __typename ... on AuthError { code } }
    }`,
  },
  {
    path: '/forgot-password',
    name: 'forgotPassword',
    hasToken: false,
    fields: [{ name: 'email', type: 'email', autocomplete: 'email' }],
    document: `mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
      result: requestPasswordReset(input: $input) { __typename }
    }`,
  },
]

export const passwordRulesDocument = `query PasswordRules {
  rules: authSettings { least: passwordMinLength most: passwordMaxLength }
}`
