import { useSyncExternalStore } from 'react'
import { Account } from './account'
import { Client } from './client'
import { Opening } from './opening'
import { session } from './session'
import { SignIn } from './sign-in'

/** Follows the session: a sign-in or sign-out in any tab changes the view. */
export function App() {
  const state = useSyncExternalStore(session.subscribe, session.state)
  switch (state.status) {
    case 'loading':
      return <Opening />
    case 'unreachable':
      return <Opening failed />
    case 'signed-out':
      return (
        <Client key="signed-out">
          <SignIn reason={state.reason} />
        </Client>
      )
    case 'signed-in':
      return (
        <Client key={state.userId}>
          <Account />
        </Client>
      )
  }
}
