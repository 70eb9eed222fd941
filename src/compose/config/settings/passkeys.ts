import { passkeyConfigOf, passkeySettingsOf } from '../passkey-origins.js'
import { passkeyOrigins, relatedOrigins, rpId } from '../value-types.js'
import { defineGroup } from './setting.js'

export const passkeys = defineGroup({
  title: 'Passkeys',
  settings: {
    PASSKEY_RP_ID: {
      parse: rpId,
      unset: 'the host of `APP_URL`',
      description:
        'The domain of passkeys (RP ID), permanent: a change makes all passkeys useless. `off`, an IP address or http in `APP_URL` disables passkeys; http works on `localhost`.',
    },
    PASSKEY_ORIGINS: {
      parse: passkeyOrigins,
      unset: '`APP_URL` and `PUBLIC_URL`, if they belong to the RP ID',
      description:
        'The origins that may use passkeys: the RP ID, its subdomains, and Android apps as `android:apk-key-hash:...`. Compared as exact strings.',
    },
    PASSKEY_RELATED_ORIGINS: {
      parse: relatedOrigins,
      unset: 'none',
      description:
        'Origins of other domains that may use the same passkeys, five domains at most. `https://<RP ID>/.well-known/webauthn` must list them; Latchkey serves this document.',
    },
  },
  toConfig: (values, { publicUrl, appUrl }) => ({
    /** Where passkeys work; null: they are disabled. */
    passkeys: passkeyConfigOf(passkeySettingsOf(values, { publicUrl, appUrl })),
  }),
})
