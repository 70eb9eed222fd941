// Names exist in all scripts, decomposed or composed depending on the keyboard. The locale of a client is a hint.
import { afterAll, describe, expect, it, test } from 'vitest'
import {
  RegisterDocument,
  UpdateProfileDocument,
  type UpdateProfileInput,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  newEmail,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

async function register(fields: { username?: string; name?: string; locale?: string }) {
  const input = { email: newEmail(), password: goodPassword, ...fields }
  return (await call(app, RegisterDocument, { input })).data?.register
}

async function update(token: string, input: UpdateProfileInput) {
  return (await call(app, UpdateProfileDocument, { input }, { token })).data?.updateProfile
}

describe('a user name may be', () => {
  test.each([
    ['Thai', 'น้ำฝน', 'น้ำฝน'],
    ['Hindi', 'हिन्दी', 'हिन्दी'],
    ['Tamil', 'தமிழ்', 'தமிழ்'],
    ['Burmese', 'မြန်မာ', 'မြန်မာ'],
    ['Khmer', 'ខ្មែរ', 'ខ្មែរ'],
    ['Tibetan', 'བསྒྲུབས', 'བསྒྲུབས'],
    ['Sinhala with its joiner', 'ශ්\u200dරී_ලංකා', 'ශ්\u200dරී_ලංකා'],
    ['Persian with its joiner', 'علی\u200cرضا', 'علی\u200cرضا'],
    ['Hebrew with points', 'אַבְרָהָם', 'אַבְרָהָם'.normalize('NFC')],
    ['Arabic digits', 'سارة٣', 'سارة٣'],
    ['Vietnamese, decomposed', 'nguye\u0302\u0303n', 'nguyễn'],
    ['Korean, decomposed', '김철수'.normalize('NFD'), '김철수'],
    ['German, decomposed', 'ju\u0308rgen', 'jürgen'],
    ['Yoruba, which does not compose', 'ẹ\u0301kùn', 'ẹ\u0301kùn'],
    ['fifty letters, decomposed', 'e\u0301'.repeat(50), 'é'.repeat(50)],
  ])('%s', async (_, typed, stored) => {
    const { user } = getAuthPayload(await register({ username: typed }))
    expect(user.username).toBe(stored)
    const person = await registerPerson(app)
    const taken = await trackChanges(app, () => update(person.accessToken, { username: stored }))
    expect(getAuthError(taken.result).code).toBe('USERNAME_TAKEN')
    expect(taken.touched).toEqual([])
  })

  test.each([
    ['a joiner less', 'ශ්රී_ලංකා'],
    ['a joiner less', 'علیرضا'],
    ['another order of marks', 'q\u0323\u0307qq'],
    ['letters in another case', 'NGUYỄN'],
  ])('one person’s, also with %s: %j', async (_, typed) => {
    await register({ username: 'q\u0307\u0323qq' })
    expect(getAuthError(await register({ username: typed })).code).toBe('USERNAME_TAKEN')
  })

  test.each([
    ['letters of a ligature', 'ﬁona'],
    ['wide letters', 'ａｎａ'],
    ['half of a width', 'ﾀﾛｳ'],
    ['a second dot', 'admi\u0307n'],
    ['the same mark twice', 'ana\u0323\u0323x'],
    ['a variation selector', 'ana\ufe0fx'],
    ['a grapheme joiner', 'ana\u034fx'],
    ['a Hangul filler', 'an\u115fa'],
    ['a tower of marks', `an\u0316\u0317\u0318\u0319\u031ca`],
    ['a mark without a letter', '\u0301ana'],
    ['a mark on a dot', 'an.\u0301a'],
    ['a joiner between Latin letters', 'an\u200da'],
    ['fifty-one letters', 'e\u0301'.repeat(51)],
    ['two letters, four typed', 'e\u0301'.repeat(2)],
    ['50 kB of marks', `a${'\u0300'.repeat(24_000)}na`],
  ])('but nothing with %s', async (_, username) => {
    const { result, touched } = await trackChanges(app, () => register({ username }))
    expect(getAuthError(result)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path: ['input', 'username'] }],
    })
    expect(touched).toEqual([])
  })
})

test.each([
  ['name', 'e\u0301'.repeat(100), 'é'.repeat(100)],
  ['name', '각'.repeat(100).normalize('NFD'), '각'.repeat(100)],
  ['name', 'ศรีสุดา น้ำฝน', 'ศรีสุดา น้ำฝน'],
  ['bio', 'e\u0301'.repeat(500), 'é'.repeat(500)],
  ['bio', '각'.repeat(500).normalize('NFD'), '각'.repeat(500)],
] as const)('the length of a %s counts composed characters (%#)', async (field, typed, stored) => {
  const { accessToken } = await registerPerson(app)
  expect(await update(accessToken, { [field]: typed })).toMatchObject({ [field]: stored })
})

describe('a locale is a hint', () => {
  const localeHints = [
    ['en_US', 'en-US'],
    ['zh_Hans_CN', 'zh-Hans-CN'],
    ['en_US.UTF-8', 'en-US'],
    ['de_DE@euro', 'de-DE'],
    ['pt-br', 'pt-BR'],
    [' fr\n', 'fr'],
    ['C.UTF-8', null],
    ['C', null],
    ['POSIX', null],
    ['', null],
    ['*', null],
    ['english language', null],
    ['x', null],
    [`en-${'abcdefgh-'.repeat(5)}a`, null],
    ['a'.repeat(50_000), null],
    ['de\0', 'de'],
    ['d\0e', null],
    ['en-\ud83d', null],
  ] as const

  test.each(localeHints)(
    '%.20j becomes %j and never refuses a registration',
    async (typed, stored) => {
      const { user } = getAuthPayload(await register({ locale: typed }))
      const row = await app.db.user.findUniqueOrThrow({ where: { id: user.id } })
      expect(row.locale).toBe(stored)
    },
  )

  it('an invalid value clears the locale and never refuses an update of the profile', async () => {
    const { accessToken } = await registerPerson(app)
    for (const [locale, stored] of localeHints) {
      await update(accessToken, { locale: 'es' })
      const changed = await update(accessToken, { name: 'Ana', locale })
      expect(changed).toMatchObject({ name: 'Ana', locale: stored })
    }
  })
})
