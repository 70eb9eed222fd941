import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { RegisterDocument, type RegisterInput } from '@latchkey/client/operations'
import { startApp, testSecret } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  newEmail,
  signIn,
  getAuthPayload,
} from '../../support/app/client.js'
import { runProgram } from '../../support/processes/command-line.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'
import { databaseSettings } from '../../support/processes/server-process.js'
import { trackChanges } from '../../support/database/track-changes.js'

const publicUrl = 'https://login.tidewaters.example'
const mailFrom = 'Copper Kettle <no-reply@tidewaters.example>'
const app = await startApp({ env: { PUBLIC_URL: publicUrl, MAIL_FROM: mailFrom } })
afterAll(app.close)

const ada = (user = 'Enchantress', domain = 'mill.example'): RegisterInput => ({
  email: `ada.lovelace@${domain}`,
  username: user,
  name: 'Augusta Ada Gräfin Лавлейс',
  password: goodPassword,
})

async function register(input: RegisterInput, server = app) {
  const { data } = await call(server, RegisterDocument, { input })
  return data?.register
}

/** The problems of a password. Also expects that nothing was written. */
async function problemsOf(password: string, overrides: Partial<RegisterInput> = {}, server = app) {
  const input = { ...ada(), ...overrides, password }
  const { result, touched } = await trackChanges(server, () => register(input, server))
  expect(touched).toEqual([])
  const { code, passwordProblems } = getAuthError(result)
  expect(code).toBe('WEAK_PASSWORD')
  return passwordProblems
}

let people = 0
async function expectAccepted(password: string) {
  people += 1
  const namesake = ada(`Enchantress_${people}`, `mill${people}.example`)
  getAuthPayload(await register({ ...namesake, password }))
}

it('all problems are reported at once', async () => {
  const strict = await startApp({ env: { PASSWORD_MIN_LENGTH: '15' } })
  onTestFinished(strict.close)
  const problems = (password: string, username: string) =>
    problemsOf(password, { username }, strict)
  expect(await problems('qwerty123', 'qwerty123')).toEqual([
    'TOO_SHORT',
    'TOO_COMMON',
    'CONTAINS_PERSONAL_INFORMATION',
  ])
  expect(await problems('Qwerty123', 'grace')).toEqual(['TOO_SHORT', 'TOO_COMMON'])
  expect(await problems('grace.1906', 'grace')).toEqual([
    'TOO_SHORT',
    'CONTAINS_PERSONAL_INFORMATION',
  ])
  expect(await problems('grace'.repeat(3), 'grace')).toEqual([
    'TOO_COMMON',
    'CONTAINS_PERSONAL_INFORMATION',
  ])
  expect(await problems('fourteen chars', 'grace')).toEqual(['TOO_SHORT'])
  const fifteen = { email: newEmail(), password: 'fifteen letters' }
  getAuthPayload(await register(fifteen, strict))
})

// NIST SP 800-63B-4 §3.1.1.2, "context-specific words, such as the name of the service, the username, and
// derivatives thereof".
describe('a password that is little more than a word of the account is refused', () => {
  test.each([
    ['the local part', 'ada.lovelace'],
    ['a part of it, with digits', 'lovelace1815'],
    ['its parts, swapped', 'lovelace-ada'],
    ['its parts, joined', 'adalovelace'],
    ['in capitals', 'ADA.LOVELACE'],
    ['in full-width letters', 'ａｄａ．ｌｏｖｅｌａｃｅ'],
    ['backwards', 'ecalevol.ada'],
    ['backwards, in capitals', 'ECALEVOL1'],
    ['twice', 'lovelaceLovelace'],
    ['three times, with dashes', 'ada-ada-ada'],
    ['between signs', '**lovelace!!'],
    ['between digits', '2026lovelace99'],
    ['with up to three more letters', 'mylovelace'],
    ['the domain', 'mill.example'],
    ['a name', 'augusta1815'],
    ['a name with an umlaut', 'GRÄFIN!!'],
    ['the same in decomposed form', 'gra\u0308fin!!'],
    ['a name in Cyrillic', 'Лавлейс1815'],
    ['all of the name', 'Augusta Ada Gräfin'],
    ['the user name', 'enchantress'],
    ['the product', 'Latchkey2026!'],
    ['the product, backwards', 'yekhctal'],
    ['the sender of messages', 'CopperKettle26'],
    ['one word of the sender', '!!kettle2026'],
    ['the host', 'tidewaters'],
    ['the host with its subdomain', 'login.tidewaters'],
    ['host and product', 'tidewaters-latchkey'],
  ])('%s: %s', async (_, password) => {
    expect(await problemsOf(password)).toContain('CONTAINS_PERSONAL_INFORMATION')
  })

  it('the whole address and the whole user name are refused', async () => {
    const { email } = ada()
    for (const word of [email, email.toUpperCase(), `<${email}>`]) {
      expect(await problemsOf(word)).toEqual(['CONTAINS_PERSONAL_INFORMATION'])
    }
    // The user name is also in the list of common passwords.
    for (const word of ['Enchantress', 'eNCHANTRESS']) {
      expect(await problemsOf(word)).toEqual(['TOO_COMMON', 'CONTAINS_PERSONAL_INFORMATION'])
    }
  })
})

test.each([
  'lovelace wrote the first program',
  'my latchkey is under the doormat',
  'tidewaters rise, Ada sleeps',
  'adamant wooden beam',
  'Ada 8305927461',
])('a longer phrase may contain a name: %s', async (password) => {
  await expectAccepted(password)
})

it('the words of one account do not affect the password of another account', async () => {
  getAuthPayload(await register({ email: newEmail(), password: 'enchantress-lovelace' }))
})

test.each([
  ['one character', 'zzzzzzzz'],
  ['one emoji', '🐘'.repeat(63)],
  ['two letters', 'qxqxqxqxqx'],
  ['a word of seven letters', 'giraffegiraffe'],
  ['in changing case', 'GiraffegIRAFFE'],
  ['with an incomplete repetition', 'kelp7kelp7ke'],
  ['a common password, doubled', 'password1password1'],
  ['ascending letters', 'ghijklmn'],
  ['descending letters', 'zyxwvuts'],
  ['ascending letters in changing case', 'GhIjKlMn'],
  ['ascending digits', '3456789:'],
  ['ascending Greek letters', 'αβγδεζηθ'],
])('repetitions and sequences are TOO_COMMON: %s', async (_, password) => {
  expect(await problemsOf(password)).toEqual(['TOO_COMMON'])
})

test.each([
  ['lower-case letters only', 'hbvtqwzjkm'],
  ['capitals only', 'HBVTQWZJKM'],
  ['digits only', '8305927461'],
  ['signs only', '(&)=%/?`'],
  ['one letter and blanks', '   q    '],
  ['Chinese', '正確馬電池訂書釘一'],
  ['an emoji, 64 times', '🐘'.repeat(64)],
  ['a word of eight letters, doubled', 'ziggurazzigguraz'],
])('no mixture of character types is required: %s', async (_, password) => {
  await expectAccepted(password)
})

it('`latchkey users create` applies the same password policy', async () => {
  const target = await createPersistentDatabase()
  const env = { ...databaseSettings(target), AUTH_SECRET: testSecret, PUBLIC_URL: publicUrl }
  const { email } = ada()
  const args = ['users', 'create', email, '--name', 'Augusta', '--password-stdin']
  const create = (password: string) => runProgram('cli', env, { args, input: `${password}\n` })

  const weak = await create('augusta')
  expect(weak).toMatchObject({ code: 1, out: '' })
  expect(weak.err).toMatch(/TOO_SHORT, (TOO_COMMON, )?CONTAINS_PERSONAL_INFORMATION/)
  expect(weak.err).not.toContain('augusta')
  expect(await create(goodPassword)).toMatchObject({ code: 0, err: '' })

  const later = await startApp({ target })
  onTestFinished(later.close)
  expect(await later.db.user.count()).toBe(1)
  expect(await later.db.auditEvent.count({ where: { type: 'USER_CREATED' } })).toBe(1)
  expect((await signIn(later, { email, password: goodPassword })).accessToken).toBeTruthy()
})
