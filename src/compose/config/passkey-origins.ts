import { belongsTo, isPasskeyOrigin } from './passkey-hosts.js'

/** The settings that decide where passkeys work. Undefined: not set. */
export interface PasskeySettings {
  /** Null: `off`. */
  readonly rpId: string | null | undefined
  readonly origins: readonly string[] | undefined
  readonly relatedOrigins: readonly string[] | undefined
  readonly appUrl: string
  readonly publicUrl: string
}

interface PasskeyValues {
  readonly PASSKEY_RP_ID: string | null | undefined
  readonly PASSKEY_ORIGINS: readonly string[] | undefined
  readonly PASSKEY_RELATED_ORIGINS: readonly string[] | undefined
}

export const passkeySettingsOf = (
  values: PasskeyValues,
  urls: Pick<PasskeySettings, 'appUrl' | 'publicUrl'>,
): PasskeySettings => ({
  rpId: values.PASSKEY_RP_ID,
  origins: values.PASSKEY_ORIGINS,
  relatedOrigins: values.PASSKEY_RELATED_ORIGINS,
  ...urls,
})

/** The RP ID: by default the host of the front end, if browsers offer passkeys there. Null: passkeys are disabled. */
function rpIdOf({ rpId, appUrl }: PasskeySettings): string | null {
  if (rpId !== undefined) return rpId
  const url = new URL(appUrl)
  return isPasskeyOrigin(url) ? url.hostname : null
}

/** Where passkeys work; null: nowhere. */
export function passkeyConfigOf(settings: PasskeySettings) {
  const rpId = rpIdOf(settings)
  if (rpId === null) return null
  const { origins = defaultOrigins(settings, rpId), relatedOrigins = [] } = settings
  return { rpId, origins: [...origins, ...relatedOrigins], relatedOrigins }
}

const defaultOrigins = ({ appUrl, publicUrl }: PasskeySettings, rpId: string) => {
  const urls = [new URL(appUrl), new URL(publicUrl)]
  const usable = urls.filter((url) => isPasskeyOrigin(url) && belongsTo(url.hostname, rpId))
  return [...new Set(usable.map((url) => url.origin))]
}

const isInDomain = (origin: string, rpId: string) =>
  origin.startsWith('android:') || belongsTo(new URL(origin).hostname, rpId)

/** The contradictions in the settings of passkeys, one line each. */
export function findPasskeyProblems(settings: PasskeySettings): string[] {
  const { origins, relatedOrigins } = settings
  const rpId = rpIdOf(settings)
  const problems: string[] = []
  if (rpId === null) {
    const remedy = 'needs passkeys, which are off: set PASSKEY_RP_ID to a host name'
    if (origins) problems.push(`PASSKEY_ORIGINS ${remedy}`)
    if (relatedOrigins) problems.push(`PASSKEY_RELATED_ORIGINS ${remedy}`)
    return problems
  }
  const outside = origins?.find((origin) => !isInDomain(origin, rpId))
  if (outside !== undefined) {
    problems.push(
      `PASSKEY_ORIGINS has ${outside}, which does not belong to the RP ID ${rpId}: change PASSKEY_RP_ID, or move it to PASSKEY_RELATED_ORIGINS`,
    )
  }
  const inside = relatedOrigins?.find((origin) => isInDomain(origin, rpId))
  if (inside !== undefined) {
    problems.push(
      `PASSKEY_RELATED_ORIGINS has ${inside}, which belongs to the RP ID ${rpId}: move it to PASSKEY_ORIGINS`,
    )
  }
  if (origins === undefined && defaultOrigins(settings, rpId).length === 0) {
    problems.push(
      `PASSKEY_RP_ID is ${rpId}, but neither APP_URL nor PUBLIC_URL belongs to it: change it to their host or a parent domain, or set PASSKEY_ORIGINS`,
    )
  }
  return problems
}
