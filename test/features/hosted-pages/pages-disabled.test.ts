import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pages } from '../../../src/features/hosted-pages/pages.js'
import { startApp } from '../../support/app/app.js'
import { call, post } from '../../support/app/client.js'
import {
  headingOf,
  openPage,
  problemsOf,
  sendForm,
  submitForm,
} from '../../support/browser/hosted-pages.js'
import { trackChanges } from '../../support/database/track-changes.js'

const paths = pages.map(({ path }) => path)

describe('with the operator’s own app (APP_URL)', async () => {
  const app = await startApp({ env: { APP_URL: 'https://app.example.com' } })
  afterAll(app.close)

  it.each(paths)('%s does not exist', async (path) => {
    const { result, touched } = await trackChanges(app, async () => [
      await openPage(app, `${path}?token=x`),
      await openPage(app, path, { accept: 'text/html' }),
      await sendForm(app, path, { token: 'x', email: 'ada@example.com', newPassword: 'x' }),
    ])
    expect(result.map(({ status }) => status)).toEqual([404, 404, expect.toBeOneOf([404, 415])])
    for (const { html } of result) expect(JSON.parse(html)).toHaveProperty('errors')
    expect(touched).toEqual([])
  })
})

describe('in production, with trusted documents that do not include theirs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const file = join(folder, 'trusted.json')
  writeFileSync(file, JSON.stringify(['0'.repeat(64)]))
  const app = await startApp({
    env: {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://auth.example.com',
      TRUSTED_DOCUMENTS: file,
    },
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })

  it('the pages still work', async () => {
    const foreign = await call(app, '{ authSettings { passwordMinLength } }', {})
    expect(foreign.errors[0]?.extensions['code']).toBe('QUERY_NOT_IN_SAFELIST')
    const reset = await openPage(app, '/reset-password?token=x')
    expect(reset.html).toContain('– auth.example.com</title>')
    const refused = await submitForm(app, reset, { newPassword: 'another horse entirely' })
    expect(problemsOf(refused.html)[0]).toContain('This link does not work')
    const forgot = await openPage(app, '/forgot-password')
    const { result, touched } = await trackChanges(app, () =>
      submitForm(app, forgot, { email: 'ada@example.com' }),
    )
    expect([result.status, headingOf(result.html)]).toEqual([200, 'Check your mailbox'])
    expect(touched).toEqual(['outbox_messages'])
    expect(result.headers.get('strict-transport-security')).toMatch(/^max-age=31536000/)
  })

  it('other clients cannot use their documents', async () => {
    await openPage(app, '/reset-password?token=x')
    const query =
      'query PasswordRules { rules: authSettings { least: passwordMinLength most: passwordMaxLength } }'
    const { errors } = await post(app, JSON.stringify({ query }))
    expect(errors[0]?.extensions['code']).toBe('QUERY_NOT_IN_SAFELIST')
  })
})
