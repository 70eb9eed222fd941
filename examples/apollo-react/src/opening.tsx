import { useEffect } from 'react'
import { Alert } from './alert'
import { unreached } from './notices'
import { session } from './session'

const ask = () => void session.ready()

/** Asks who is signed in. Where the refresh token is in a cookie, only the service can tell, once it is reached. */
export function Opening({ failed = false }) {
  useEffect(ask, [])
  if (!failed) return <p role="status">One moment…</p>
  return (
    <>
      <Alert notice={unreached} />
      <button onClick={ask}>Try again</button>
    </>
  )
}
