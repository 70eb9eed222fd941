import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { passkeyAddedEmail } from './emails/passkey-added.email.js'
import { passkeyRemovedEmail } from './emails/passkey-removed.email.js'
import { errorCodes } from './error-codes.js'
import { PasskeyResolver, UserPasskeysResolver } from './passkey.resolver.js'

export const feature = {
  emails: [passkeyAddedEmail, passkeyRemovedEmail],
  resolvers: [PasskeyResolver, UserPasskeysResolver],
  errorCodes,
  authenticationMethods: {
    // Every sign-in requires user verification, so a passkey proves its device and a PIN or a biometric (NIST SP
    // 800-63B-4 §3.1.7). `hwk` and `swk` would need an attestation.
    PASSKEY: { description: 'A passkey.', amr: ['pop', 'user'], isMultiFactor: true },
  },
  auditEvents,
} satisfies Feature
