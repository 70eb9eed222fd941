import { UpdateProfileDocument, type SignedInUserFragment } from '@latchkey/client/operations'
import { useMutation } from 'urql'
import { Alert } from './alert'
import { dataOf } from './client'
import { Field } from './field'
import { noticeOf } from './notices'
import { useSubmit } from './use-submit'

export function Profile({ user }: { user: SignedInUserFragment }) {
  const [, update] = useMutation(UpdateProfileDocument)

  const { notice, pending, onSubmit } = useSubmit<'name'>(async ({ name }) => {
    return noticeOf(dataOf(await update({ input: { name } }))?.updateProfile)
  })

  return (
    <section aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <p>{user.email}</p>
      <form onSubmit={onSubmit}>
        <Alert notice={notice} />
        <Field
          label="Name"
          name="name"
          defaultValue={user.name ?? ''}
          autoComplete="name"
          problem={notice?.fields['name']}
        />
        <button disabled={pending}>Save</button>
      </form>
    </section>
  )
}
