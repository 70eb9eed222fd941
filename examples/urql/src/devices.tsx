import { MySessionsDocument } from '@latchkey/client/operations'
import { useQuery } from 'urql'
import { Alert } from './alert'
import { Device } from './device'
import { noticeOfError } from './notices'

/** Where the person is signed in. */
export function Devices() {
  const [{ data, error }] = useQuery({ query: MySessionsDocument, variables: { first: 20 } })
  const sessions = data?.me?.sessions?.nodes ?? []

  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {error && <Alert notice={noticeOfError(error)} />}
      <ul>
        {sessions
          .filter(({ endedAt }) => endedAt === null)
          .map((device) => (
            <Device key={device.id} device={device} />
          ))}
      </ul>
    </section>
  )
}
