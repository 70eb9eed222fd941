import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parseConfig } from '../../src/compose/config/config.js'
import { startApp } from '../support/app/app.js'
import { createTemporaryFolder } from '../support/database/persistent-database.js'

/** Every line after the first of the refusal; none when the settings are accepted. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    expect(error).toMatchObject({ name: 'StartupError' })
    return (error as Error).message.split('\n  ').slice(1)
  }
}

const SMTP_URL = 'smtp://user:password@relay.example:587'
const MAIL_FROM = 'Example <no-reply@example.com>'
const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' }

describe('mail', () => {
  it('needs no setting: it comes from the host of PUBLIC_URL, and its links lead there', () => {
    expect(parseConfig(production)).toMatchObject({
      appUrl: 'https://auth.example.com',
      emailVerificationRequired: false,
      mail: { smtpUrl: null, from: 'Latchkey <no-reply@auth.example.com>', templatesFolder: null },
    })
  })

  it('goes where the settings say', () => {
    const env = { ...production, SMTP_URL, MAIL_FROM, EMAIL_VERIFICATION: 'required' }
    const config = parseConfig({ ...env, APP_URL: 'https://app.example.com/account/' })
    expect(config).toMatchObject({
      appUrl: 'https://app.example.com/account',
      emailVerificationRequired: true,
      mail: { smtpUrl: SMTP_URL, from: MAIL_FROM },
    })
  })

  test.each<[string, Record<string, string>]>([
    ['MAIL_FROM is required with SMTP_URL', { SMTP_URL }],
    ['SMTP_URL is required in production', { ...production, EMAIL_VERIFICATION: 'required' }],
    ['APP_URL must be https', { ...production, APP_URL: 'http://app.example.com' }],
    ['EMAIL_VERIFICATION must be one of', { EMAIL_VERIFICATION: 'yes' }],
  ])('does not start when %s', (problem, environment) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(`^${problem}`)])
  })
})

test.each([
  'relay.example',
  'http://me:hunter2@relay.example',
  'smtp:',
  'smtp://',
  'smtp://me:hunter2@',
  'smtp://me:hunter2@:587',
  'smtp://relay.example:port',
  'smtp://relay.example:70000',
  'smtp://me:hunter2#3@relay.example',
])('SMTP_URL=%s is refused, and not shown', (value) => {
  const problems = problemsOf({ SMTP_URL: value, MAIL_FROM })
  expect(problems).toEqual([expect.stringMatching('^SMTP_URL must be a URL such as smtp://')])
  expect(problems.join()).not.toMatch(/hunter2|it is/)
})

test.each([
  'no-reply',
  'no-reply@',
  'no-reply@localhost',
  'Example',
  'Example <no-reply>',
  'Example, Inc. <no-reply@example.com>',
  'a@example.com, b@example.com',
  'a@example.com;b@example.com',
  'Example <a@example.com>\r\nBcc: b@example.com',
  '<a@example.com> b@example.com',
  '"Example" <no-reply@example.com>',
])('MAIL_FROM=%j is refused', (value) => {
  expect(problemsOf({ SMTP_URL, MAIL_FROM: value })).toEqual([
    expect.stringMatching('^MAIL_FROM must be an address such as'),
  ])
})

test.each([
  'no-reply@example.com',
  'Bücherei Süd <no-reply@example.com>',
  '図書館 <a@example.com>',
])('MAIL_FROM=%s is taken as it is', (value) => {
  expect(parseConfig({ SMTP_URL, MAIL_FROM: value }).mail.from).toBe(value)
})

test.each([
  'app.example.com',
  'ftp://app.example.com',
  'https://app.example.com/?from=mail',
  'https://app.example.com/#/reset',
  'https://user@app.example.com',
  'https://*.example.com',
])('APP_URL=%s is refused: a token is appended to it', (value) => {
  expect(problemsOf({ APP_URL: value })).toEqual([
    expect.stringMatching('^APP_URL must be the URL of your front end'),
  ])
})

it('a folder of templates that is not there stops the start, in a sentence', async () => {
  const MAIL_TEMPLATES = join(createTemporaryFolder(), 'nowhere')
  const starting = startApp({ env: { MAIL_TEMPLATES } })
  await expect(starting).rejects.toMatchObject({
    name: 'StartupError',
    message: expect.stringMatching(
      /^MAIL_TEMPLATES: \S+nowhere: cannot be read as a folder: ENOENT[^\n]*$/,
    ) as string,
  })
})
