import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { useState } from 'react'
import { useMutation } from 'urql'
import { Alert } from './alert'
import { dataOf } from './client'
import { Field } from './field'
import { noticeOf, noticeOfEnd } from './notices'
import { session } from './session'
import { useSubmit } from './use-submit'

export function SignIn({ reason }: { reason: string | null }) {
  const [isNew, setIsNew] = useState(false)
  const [, login] = useMutation(LoginDocument)
  const [, register] = useMutation(RegisterDocument)

  const { notice, pending, onSubmit, forget } = useSubmit<'email' | 'password'>(
    async ({ email, password }) => {
      const input = { email, password, refreshTokenTransport: 'BODY' } as const
      const result = isNew
        ? dataOf(await register({ input }))?.register
        : dataOf(await login({ input }))?.login
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
