import { useQuery } from '@apollo/client/react'
import { MeDocument } from '@latchkey/client/operations'
import { Alert } from './alert'
import { Devices } from './devices'
import { noticeOfError } from './notices'
import { Profile } from './profile'
import { session } from './session'

export function Account() {
  const { data, error } = useQuery(MeDocument)
  const me = data?.me

  // Here and in all tabs that is done at once. A service that was not reached is told at the next visit.
  function signOut() {
    void session.signOut()
  }

  return (
    <>
      <header>
        <h1>{me ? `Hello, ${me.name ?? me.email ?? 'you'}` : 'Hello'}</h1>
        <button onClick={signOut}>Sign out</button>
      </header>
      {error && <Alert notice={noticeOfError(error)} />}
      {me && <Profile user={me} />}
      <Devices />
    </>
  )
}
