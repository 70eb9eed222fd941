#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { readSettings } from './boot/read-settings.js'
import { exitWithError } from './compose/cli/exit.js'
import type { CommandName } from './compose/cli/commands.js'
import { readPassword } from './compose/cli/read-password.js'
import { runMigrations, runCommand } from './compose/cli/run-command.js'
import { setV8Flags } from './compose/cli/v8-flags.js'
import { systemRandom } from './platform/crypto/random.js'

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
const { version } = JSON.parse(manifest) as { version: string }
const loadSettings = () => readSettings(process.env, process.cwd())
const config = () => {
  const { config, file } = loadSettings()
  // Standard error, because the outcome goes to standard output.
  if (file) {
    const count = Object.keys(file.applied).length
    process.stderr.write(`Settings were read from ${file.path}: ${count}\n`)
  }
  return config
}

const program = new Command('latchkey')
  .description(
    'A self-hosted GraphQL authentication API. Settings come from the environment and from .env.',
  )
  .version(version)
  .option('--json', 'print the outcome as JSON')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', '\nExit codes: 0 success, 1 refused or failed, 2 wrong command or option.')

const run = (name: CommandName, input: object) => runCommand(name, input, config())
const printResult = async (outcome: ReturnType<typeof runCommand>) => {
  const { ok, data, lines } = await outcome
  const { json } = program.opts<{ json?: true }>()
  const output = json ? JSON.stringify(data) : lines.join('\n')
  if (output) (ok || json ? process.stdout : process.stderr).write(`${output}\n`)
  process.exitCode = ok ? 0 : 1
}

program
  .command('start')
  .description('run the server until SIGTERM or SIGINT')
  .action(async () => {
    setV8Flags()
    const { start } = await import('./boot/start.js') // the other commands do not need it
    const { config, file } = loadSettings()
    await start(config, process.env, file)
  })

program
  .command('migrate')
  .description('apply the missing migrations, and nothing else')
  .action(() => printResult(runMigrations(config())))

const keys = program.command('keys').description('the keys that sign access tokens')
keys
  .command('list')
  .description('list the keys: status, algorithm, time of the last change, id')
  .action(() => printResult(run('keys list', {})))
keys
  .command('rotate')
  .description(
    'sign with the next key from now on; tokens of the old key stay valid until they expire',
  )
  .option(
    '--force',
    'rotate even if gateways may not know the next key yet. A second forced rotation within ten minutes signs with a ' +
      'brand-new key: gateways refuse new tokens until they fetch the keys again (@latchkey/verify fetches them at once)',
    false,
  )
  .action((options: { force: boolean }) => printResult(run('keys rotate', options)))
keys
  .command('retire')
  .description('refuse all tokens of a key that no longer signs (after a leak: rotate first)')
  .argument('<id>', 'id of the key')
  .action((id: string) => printResult(run('keys retire', { id })))

const users = program.command('users').description('accounts')
users
  .command('create')
  .description(
    'create an account; without a password on standard input, generate one and print it once',
  )
  .argument('<email>')
  .option('--username <username>', 'unique handle')
  .option('--name <name>', 'display name')
  .option('--email-verified', 'mark the address as verified, without a message to it')
  .option(
    '--password-stdin',
    'wait for the password on standard input: one line of UTF-8 (input that is piped within 5 s is read without this option, too)',
  )
  .action(createUser)
users
  .command('disable')
  .description('end every session of an account and refuse its sign-ins')
  .argument('<user>', 'id or e-mail address')
  .action((user: string) => printResult(run('users disable', { user })))
users
  .command('enable')
  .description('let a disabled account sign in again')
  .argument('<user>', 'id or e-mail address')
  .action((user: string) => printResult(run('users enable', { user })))

users
  .command('unlock')
  .description(
    'accept the password of an account from every network again, after too many wrong ones',
  )
  .argument('<user>', 'id or e-mail address')
  .action((user: string) => printResult(run('users unlock', { user })))

const mail = program.command('mail').description('waiting messages and dead letters')
mail
  .command('list')
  .description('list waiting messages and dead letters, with the last error')
  .action(() => printResult(run('mail list', {})))
mail
  .command('requeue')
  .description('send dead letters again')
  .argument('[ids...]', 'ids of the messages')
  .option('--all', 'all dead letters', false)
  .action((ids: string[], { all }: { all: boolean }) =>
    printResult(run('mail requeue', { ids, all })),
  )

interface CreateUserOptions {
  readonly username?: string
  readonly name?: string
  readonly emailVerified?: true
  readonly passwordStdin?: true
}

/** Never as an argument: arguments are in the shell's history, and every user sees them in the process list. */
async function createUser(email: string, options: CreateUserOptions) {
  const passwordInput = await readPassword(process.stdin, {
    isExpected: options.passwordStdin ?? false,
  })
  if (passwordInput.kind === 'refused') {
    const error = { ok: false, data: { error: 'invalid-input' }, lines: [passwordInput.problem] }
    return printResult(Promise.resolve(error))
  }
  const isGenerated = passwordInput.kind === 'none'
  const password = isGenerated ? systemRandom(18).toString('base64url') : passwordInput.password
  const { username = null, name = null, emailVerified = false } = options
  const outcome = await run('users create', { email, password, username, name, emailVerified })
  if (!outcome.ok || !isGenerated) return printResult(Promise.resolve(outcome))
  const data = { ...(outcome.data as object), password }
  return printResult(
    Promise.resolve({ ...outcome, data, lines: [...outcome.lines, `Password: ${password}`] }),
  )
}

program.parseAsync().then(
  () => process.exit(),
  (error: unknown) => {
    if (!(error instanceof CommanderError)) exitWithError(error)
    process.exit(error.exitCode === 0 ? 0 : 2) // commander has printed the error
  },
)
