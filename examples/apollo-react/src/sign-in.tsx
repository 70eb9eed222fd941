import { useMutation } from '@apollo/client/react'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { useState } from 'react'
import { Alert } from './alert'
import { Field } from './field'
import { noticeOf, noticeOfEnd } from './notices'
import { session } from './session'
import { useSubmit } from './use-submit'

export function SignIn({ reason }: { reason: string | null }) {
  const [isNew, setIsNew] = useState(false)
  // Tokens and the presence proof belong to the session alone, not to the cache.
  const [login] = useMutation(LoginDocument, { fetchPolicy: 'no-cache' })
  const [register] = useMutation(RegisterDocument, { fetchPolicy: 'no-cache' })

  const { notice, pending, onSubmit, forget } = useSubmit<'email' | 'password'>(
    async ({ email, password }) => {
      const input = { email, password, refreshTokenTransport: 'COOKIE' } as const
      const result = isNew
        ? (await register({ variables: { input } })).data?.register
        : (await login({ variables: { input } })).data?.login
      await session.signIn(result)
      return noticeOf(result)
    },
  )

  const title = isNew ? 'Create an account' : 'Sign in'
  return (
    <>
      <h1>{title}</h1>
      <form onSubmit={onSubmit}>
        <Alert notice={notice ?? noticeOfEnd(reason)} />
        <Field
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          problem={notice?.fields['email']}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          problem={notice?.fields['password']}
        />
        <button disabled={pending}>{title}</button>
      </form>
      <p>
        {isNew ? 'You have an account? ' : 'You are new here? '}
        <button
          className="link"
          onClick={() => {
            setIsNew(!isNew)
            forget()
          }}
        >
          {isNew ? 'Sign in instead' : 'Create one'}
        </button>
      </p>
    </>
  )
}
