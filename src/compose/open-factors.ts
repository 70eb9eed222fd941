import 'reflect-metadata'
import type { Audit } from '../features/audit/index.js'
import type { SecondFactorChecks } from '../features/credentials/index.js'
import type { Lockout } from '../features/limits/index.js'
import type { Outbox } from '../features/mail/index.js'
import {
  PasskeyResolver,
  UserPasskeysResolver,
  createPasskeys,
} from '../features/passkeys/index.js'
import { RecoveryCodesResolver, createRecoveryCodes } from '../features/recovery-codes/index.js'
import type { Sessions } from '../features/sessions/index.js'
import { TotpResolver, UserFactorsResolver, createTotp } from '../features/totp/index.js'
import { createSealer } from '../platform/crypto/sealer.js'
import type { Config } from './config/config.js'
import type { Infrastructure } from './infrastructure.js'
import { productNameOf } from './open-mail.js'

interface FactorDeps {
  readonly sessions: Sessions
  readonly lockout: Lockout
  readonly outbox: Outbox
  readonly audit: Audit
}

/** Creates the services of second factors and passkeys. Refuses to start if AUTH_SECRET cannot decrypt their secrets. */
export async function openFactors(
  config: Config,
  infrastructure: Infrastructure,
  deps: FactorDeps,
) {
  const { database, clock, random, keyringFor } = infrastructure
  const factorDeps = { database, clock, random, ...deps }
  const serviceName = productNameOf(config)
  const recoveryCodes = createRecoveryCodes(factorDeps)
  const totp = createTotp({
    ...factorDeps,
    sealer: createSealer(keyringFor('authenticator secrets')),
    recoveryCodes,
    serviceName,
    factor: config.rateLimitFactor,
  })
  await totp.checkKeys()
  const passkeys = createPasskeys({
    ...factorDeps,
    relyingParty: config.passkeys && {
      id: config.passkeys.rpId,
      name: serviceName,
      origins: config.passkeys.origins,
    },
    keyring: keyringFor('passkey challenges'),
    recoveryCodes,
  })
  const secondFactors: SecondFactorChecks = {
    TOTP: totp.checkSecondFactor,
    RECOVERY_CODE: recoveryCodes.checkSecondFactor,
    PASSKEY: passkeys.checkSecondFactor,
  }
  const resolvers = [
    new RecoveryCodesResolver(recoveryCodes),
    new TotpResolver(totp),
    new UserFactorsResolver(database, config.mfaPolicy),
    new PasskeyResolver(passkeys),
    new UserPasskeysResolver(passkeys),
  ]
  return { totp, passkeys, secondFactors, resolvers, jobs: [...totp.jobs, ...passkeys.jobs] }
}
