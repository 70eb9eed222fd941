import { afterAll, describe, expect, it, test } from 'vitest'
import { UpdateProfileDocument, type UpdateProfileInput } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, getAuthError, me, registerPerson } from '../../support/app/client.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const update = (token: string | null, input: UpdateProfileInput) =>
  call(app, UpdateProfileDocument, { input }, { token })

const fullProfile = {
  username: 'Ada.Lovelace',
  name: 'Ada Lovelace',
  bio: 'Wrote the first program.\nBefore there was a machine.',
  image: 'https://example.com/ada.png',
  locale: 'en-GB',
}

describe('updateProfile', () => {
  it('changes given fields, keeps omitted fields and clears null fields', async () => {
    const { id, accessToken: token } = await registerPerson(app)
    const { data } = await update(token, fullProfile)
    expect(data?.updateProfile).toMatchObject({ __typename: 'User', id, ...fullProfile })

    await update(token, { name: null, bio: 'Countess.' })
    expect((await me(app, token)).data?.me).toMatchObject({
      ...fullProfile,
      name: null,
      bio: 'Countess.',
    })
    await update(token, { username: null })
    const other = await registerPerson(app)
    const { data: taken } = await update(other.accessToken, { username: 'ada.lovelace' })
    expect(taken?.updateProfile).toMatchObject({ __typename: 'User', username: 'ada.lovelace' })
  })

  it('gives a user name to one account in any spelling, even to twenty concurrent requests', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => registerPerson(app)))
    const answers = await Promise.all(
      people.map(({ accessToken }, i) =>
        update(accessToken, { username: i % 2 ? 'Grace' : 'grace' }),
      ),
    )
    const outcomes = answers.map(({ data }) => data?.updateProfile?.__typename)
    expect(outcomes.filter((outcome) => outcome === 'User')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'AuthError')).toHaveLength(19)
    expect(await app.db.user.count({ where: { usernameKey: 'grace' } })).toBe(1)
  })

  test.each<[keyof UpdateProfileInput, string]>([
    ['username', 'a'],
    ['username', 'ａｄａ'],
    ['name', 'a\nb'],
    ['name', `a${'\u0300'.repeat(24_000)}`],
    ['bio', 'x'.repeat(501)],
    ['bio', 'a\u202eb'],
    ['bio', 'a\u0007'],
    ['image', 'javascript:alert(1)'],
    ['image', 'data:image/png;base64,AAAA'],
    ['image', 'ada.png'],
    ['image', `https://example.com/${'x'.repeat(2_000)}`],
  ])('refuses an invalid %s and writes nothing (%#)', async (field, text) => {
    const { accessToken } = await registerPerson(app)
    const { result, touched } = await trackChanges(app, () =>
      update(accessToken, { [field]: text }),
    )
    expect(getAuthError(result.data?.updateProfile)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path: ['input', field] }],
    })
    expect(touched).toEqual([])
  })

  it('needs a valid access token', async () => {
    const { result, touched } = await trackChanges(app, () => update(null, fullProfile))
    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(touched).toEqual([])
  })
})
