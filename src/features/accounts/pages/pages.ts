import type { FormName } from './texts/page-texts.js'

export interface Page {
  readonly path: string
  readonly name: FormName
  /** Whether the link carries a token, which goes on in a hidden field. */
  readonly hasToken: boolean
  /** What a person fills in; null where there is a button only. */
  readonly field: Field | null
  /** The fields of the form, by their names, are its input. */
  readonly document: string
}

interface Field {
  readonly name: 'password' | 'newPassword' | 'email'
  readonly type: 'password' | 'email'
  readonly autocomplete: 'current-password' | 'new-password' | 'email'
}

/** What the pages ask for, and of which operation. */
export const pages: readonly Page[] = [
  {
    path: '/verify-email',
    name: 'verifyEmail',
    hasToken: true,
    field: { name: 'password', type: 'password', autocomplete: 'current-password' },
    document: `mutation VerifyEmail($input: VerifyEmailInput!) {
      result: verifyEmail(input: $input) { __typename ... on AuthError { code } }
    }`,
  },
  {
    path: '/reset-password',
    name: 'resetPassword',
    hasToken: true,
    field: { name: 'newPassword', type: 'password', autocomplete: 'new-password' },
    document: `mutation ResetPassword($input: ResetPasswordInput!) {
      result: resetPassword(input: $input) { __typename ... on AuthError { code passwordProblems } }
    }`,
  },
  {
    path: '/confirm-email-change',
    name: 'confirmEmailChange',
    hasToken: true,
    field: null,
    document: `mutation ConfirmEmailChange($input: ConfirmEmailChangeInput!) {
      result: confirmEmailChange(input: $input) { __typename ... on AuthError { code } }
    }`,
  },
  {
    path: '/forgot-password',
    name: 'forgotPassword',
    hasToken: false,
    field: { name: 'email', type: 'email', autocomplete: 'email' },
    document: `mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
      result: requestPasswordReset(input: $input) { __typename }
    }`,
  },
]

export const passwordRulesDocument = `query PasswordRules {
  rules: authSettings { least: passwordMinLength most: passwordMaxLength }
}`
