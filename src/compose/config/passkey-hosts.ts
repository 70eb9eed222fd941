import { isIP } from 'node:net'

/** Whether the host can be an RP ID: localhost, or a name with a dot. WebAuthn refuses IP addresses. */
export function isPasskeyHost(host: string) {
  const canonical = URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : null
  return canonical === host && isIP(host) === 0 && (host === 'localhost' || isDotted(host))
}

const isDotted = (host: string) => /^[^.[\]]+(\.[^.[\]]+)+$/.test(host)

/** Whether browsers offer passkeys to pages of this origin: a host name with https, or localhost. */
export const isPasskeyOrigin = ({ protocol, hostname }: URL) =>
  isPasskeyHost(hostname) && (protocol === 'https:' || belongsTo(hostname, 'localhost'))

/** Whether the host is the RP ID or a subdomain of it. Only such pages may use its passkeys. */
export const belongsTo = (host: string, rpId: string) => host === rpId || host.endsWith(`.${rpId}`)
