import { useMutation } from '@apollo/client/react'
import { RevokeSessionDocument, type DeviceFragment } from '@latchkey/client/operations'
import { Alert } from './alert'
import { noticeOf } from './notices'
import { useSubmit } from './use-submit'

export function Device({ device }: { device: DeviceFragment }) {
  const [revoke] = useMutation(RevokeSessionDocument)
  const name = device.deviceName ?? device.client ?? 'Unknown device'

  // The answer has `endedAt`, which the cache puts into the list.
  const { notice, pending, onSubmit } = useSubmit(async () => {
    const { data } = await revoke({ variables: { input: { sessionId: device.id } } })
    return noticeOf(data?.revokeSession)
  })

  return (
    <li aria-current={device.current}>
      <div>
        {name} {device.current && <strong>this one</strong>}
        <small>
          Used <time dateTime={device.lastUsedAt}>{inWords(device.lastUsedAt)}</time>
          {device.ipAddress && ` from ${device.ipAddress}`}
        </small>
        <Alert notice={notice} />
      </div>
      {!device.current && (
        <form onSubmit={onSubmit}>
          <button disabled={pending} aria-label={`End the session of ${name}`}>
            End
          </button>
        </form>
      )}
    </li>
  )
}

const inWords = (time: string) =>
  new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
