// "Unexpired session" (Sudhodanan and Paverd 2022, USENIX Security, account pre-hijacking). The attacker registers the
// victim's address first, stays signed in, and keeps refreshing. The owner later resets the password and uses the
// account, while the old session still reads everything. Here a reset ends every session at its next request.
import { afterAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  call,
  getAuthError,
  me,
  newEmail,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../support/app/client.js'
import {
  expectAttackerLockedOut,
  expectOwnerAccess,
  loginErrorCode,
  ownerPassword,
  recoverAccount,
  attackerPassword,
} from '../support/mail/account-recovery.js'
import { listMailTo } from '../support/mail/mail.js'

describe('where registration signs the user in at once', async () => {
  const app = await startApp()
  afterAll(app.close)

  it('a session that was kept alive for weeks ends when the owner resets the password', async () => {
    const attacker = await registerPerson(app)
    const second = await signIn(app, attacker)
    const attackerSessions = [attacker, second]
    let { refreshToken } = attacker
    for (let week = 0; week < 4; week += 1) {
      app.clock.advance('7d')
      const payload = getAuthPayload(await refresh(app, refreshToken))
      refreshToken = payload.refreshToken ?? ''
      attackerSessions.push({ ...attacker, accessToken: payload.accessToken, refreshToken })
    }
    const [newest] = attackerSessions.slice(-1)
    expect((await me(app, newest?.accessToken ?? '')).data?.me?.id).toBe(attacker.id)

    const { email } = attacker
    const input = { email, password: ownerPassword }
    const registering = await call(app, RegisterDocument, { input })
    expect(getAuthError(registering.data?.register).code).toBe('EMAIL_TAKEN')
    expect(await loginErrorCode(app, email, ownerPassword)).toBe('INVALID_CREDENTIALS')

    const owner = await recoverAccount(app, email)
    expect(owner.id).toBe(attacker.id)
    await expectAttackerLockedOut(app, email, attackerSessions.slice(-1))
    for (const { refreshToken: old } of attackerSessions) {
      expect((await refresh(app, old))?.__typename).toBe('AuthError')
    }
    await expectOwnerAccess(app, owner)
    app.clock.advance('1m') // also after the grace interval of the last rotation
    expect((await refresh(app, refreshToken))?.__typename).toBe('AuthError')
    await expectOwnerAccess(app, owner)
  })

  it('the attacker’s network is no longer known to the account', async () => {
    const { email, id } = await registerPerson(app)
    const attackerNetwork = { userId: id, network: '203.0.113.9', lastSignInAt: app.clock.now() }
    await app.db.knownAddress.create({ data: attackerNetwork })
    await recoverAccount(app, email)
    const networks = await app.db.knownAddress.findMany({ where: { userId: id } })
    expect(networks.map(({ network }) => network)).toEqual(['127.0.0.1'])
  })
})

describe('where addresses are verified first', async () => {
  const app = await startApp({ env: { EMAIL_VERIFICATION: 'required' } })
  afterAll(app.close)

  it('the attacker gets no session, and no valid password after the owner’s reset', async () => {
    const email = newEmail()
    const input = { email, password: attackerPassword }
    const { data } = await call(app, RegisterDocument, { input })
    expect(data?.register).toEqual({ __typename: 'EmailVerificationRequired', email })
    expect(await loginErrorCode(app, email, attackerPassword)).toBe('EMAIL_NOT_VERIFIED')
    expect(await app.db.session.count()).toBe(0)

    // The owner registers, too: the answer reveals nothing, and the password is still the attacker's.
    const again = await call(app, RegisterDocument, { input: { email, password: ownerPassword } })
    expect(again.data).toEqual(data)
    expect((await listMailTo(app, email)).map(({ kind }) => kind)).not.toContain('RESET_PASSWORD')
    expect(await loginErrorCode(app, email, ownerPassword)).toBe('INVALID_CREDENTIALS')

    const owner = await recoverAccount(app, email)
    await expectAttackerLockedOut(app, email, [])
    await expectOwnerAccess(app, owner)
  })
})
