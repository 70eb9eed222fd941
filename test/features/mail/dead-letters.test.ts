import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { listenForCommands } from '../../../src/compose/cli/listen-for-commands.js'
import { startApp, testSecret } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { runProgram } from '../../support/processes/command-line.js'
import { createTestDatabase, usesPostgres } from '../../support/database/database.js'
import { smtpError } from '../../support/mail/mailbox.js'
import { findEmailJobs, startRelay } from '../../support/processes/smtp-relay.js'
import { databaseSettings } from '../../support/processes/server-process.js'

const relay = await startRelay()
const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
const serverDatabase = usesPostgres ? await createTestDatabase() : null
const target = serverDatabase?.target ?? { kind: 'embedded' as const, dataDir }
const app = await startApp({
  env: { SMTP_URL: relay.url, MAIL_FROM: 'no-reply@example.org' },
  target,
})
const commandListener = usesPostgres ? null : await listenForCommands(dataDir, app.app.services)
afterAll(async () => {
  await commandListener?.close()
  await app.close()
  await relay.close()
  await serverDatabase?.drop()
  rmSync(dataDir, { recursive: true })
})

async function latchkey(...args: string[]) {
  const env = { ...databaseSettings(target), AUTH_SECRET: testSecret }
  return runProgram('cli', env, { args: ['mail', ...args] })
}

interface ListedEmail {
  readonly id: string
  readonly recipient: string
}

it(
  'an operator lists dead letters with their reasons and requeues them',
  { timeout: 60_000 },
  async () => {
    relay.setRefusal((stage, to) =>
      stage === 'data' && !to.startsWith('w') ? smtpError(550, 'no') : null,
    )
    const people = [await registerPerson(app), await registerPerson(app), await registerPerson(app)]
    await app.deliver()
    await registerPerson(app, 'waiting@example.com')

    const [json, text] = await Promise.all([latchkey('list', '--json'), latchkey('list')])
    const listed = JSON.parse(json.out) as ListedEmail[]
    expect(listed).toMatchObject([
      ...people.map(({ email }) => ({
        kind: 'VERIFY_EMAIL',
        status: 'DEAD',
        recipient: email,
        attempts: 1,
        lastError: '550 no',
      })),
      { status: 'WAITING', recipient: 'waiting@example.com', attempts: 0, lastError: null },
    ])
    expect(text.out.split('\n')[0]).toMatch(/^[\w-]{36}\s+DEAD\s.*person.*1 attempts\s+550 no$/)
    expect(json.out + text.out).not.toContain(relay.offered[0]?.token)

    await relay.reset()
    const [first] = listed
    const [one] = await Promise.all([latchkey('requeue', first?.id ?? '', '--json')])
    expect(one).toMatchObject({ code: 0, out: '{"requeued":1}\n', err: '' })
    await app.deliver()
    const [refused, sent] = relay.to(first?.recipient ?? '')
    expect(sent).toMatchObject({ accepted: true, id: refused?.id })
    expect(sent?.token).not.toBe(refused?.token)
    expect(await findEmailJobs(app, first?.recipient ?? '')).toMatchObject([
      { status: 'SENT', attempts: 1, lastError: null },
    ])

    const [again] = await Promise.all([latchkey('requeue', first?.id ?? '', '--json')])
    expect(again).toMatchObject({ code: 1, out: '{"error":"not-found"}\n' })
    expect(await latchkey('requeue', '--all')).toMatchObject({
      code: 0,
      out: '2 requeued.\n',
    })
    await app.deliver()
    expect(await latchkey('list')).toMatchObject({ code: 0, out: '' })
    expect(relay.accepted()).toHaveLength(4)
  },
)

it.each([[['not-an-id']], [['018f3a1c-0000-7000-8000-000000000001', '--all']]])(
  '`mail requeue` with %j changes nothing and reports the problem',
  async (args) => {
    const result = await latchkey('requeue', ...args, '--json')
    expect(result).toMatchObject({ code: 1, out: '{"error":"invalid-input"}\n' })
  },
)
