import { RevokeSessionDocument, type DeviceFragment } from '@latchkey/client/operations'
import { useMutation } from 'urql'
import { Alert } from './alert'
import { dataOf } from './client'
import { noticeOf } from './notices'
import { useSubmit } from './use-submit'

export function Device({ device }: { device: DeviceFragment }) {
  const [, revoke] = useMutation(RevokeSessionDocument)
  const name = device.deviceName ?? device.client ?? 'Unknown device'

  // The answer has a Session, so that the cache asks for the list again.
  const { notice, pending, onSubmit } = useSubmit(async () => {
    const result = await revoke({ input: { sessionId: device.id } })
    return noticeOf(dataOf(result)?.revokeSession)
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
