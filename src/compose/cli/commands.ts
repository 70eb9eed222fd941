import 'reflect-metadata'
import { z } from '../../platform/zod.js'
import { parseRegistration } from '../../features/credentials/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { ReadServices } from '../read-services.js'
import type { Services } from '../services.js'

/** The result of a command: data for programs, lines for people. */
export interface CommandResult {
  readonly ok: boolean
  readonly data: unknown
  readonly lines: readonly string[]
}

/**
 * A command of kind `reads` gets a read-only database. Only `creates` may create a missing database. For the other
 * kinds a missing database means wrong settings: there is nothing to read or change.
 */
export type Command =
  | {
      readonly kind: 'reads'
      readonly run: (services: ReadServices, input: unknown) => Promise<CommandResult>
    }
  | {
      readonly kind: 'writes' | 'creates'
      readonly run: (services: Services, input: unknown) => Promise<CommandResult>
    }

const success = (data: unknown, ...lines: string[]): CommandResult => ({ ok: true, data, lines })
const failure = (error: string, line: string): CommandResult => ({
  ok: false,
  data: { error },
  lines: [line],
})

const reads = <T>(
  input: z.ZodType<T>,
  run: (services: ReadServices, input: T) => Promise<CommandResult>,
): Command => ({ kind: 'reads', run: (services, given) => run(services, input.parse(given)) })

/** For commands whose operation writes an audit event. */
const commandOfKind =
  (kind: 'writes' | 'creates') =>
  <T>(
    input: z.ZodType<T>,
    run: (services: Services, input: T) => Promise<CommandResult>,
  ): Command => ({
    kind,
    run: (services, given) => run(services, input.parse(given)),
  })

const writes = commandOfKind('writes')
const creates = commandOfKind('creates')

const maxListed = 1_000

const noInput = z.object({})
const keyInput = z.object({ id: z.string() })
const user = z.object({ user: z.string() })

/**
 * Commands for operators. The CLI runs them itself, or the server does while it holds the embedded database. Each
 * takes its input as plain data.
 */
export const commands = {
  'keys list': reads(noInput, async ({ keyRotation }) => {
    const keys = (await keyRotation.list()).map(
      ({ id, algorithm, status, createdAt, changedAt }) => ({
        id,
        algorithm,
        status,
        createdAt,
        changedAt,
      }),
    )
    const line = (key: (typeof keys)[number]) =>
      [key.status.padEnd(8), key.algorithm.padEnd(5), key.changedAt.toISOString(), key.id].join(
        '  ',
      )
    return success(keys, ...keys.map(line))
  }),

  'keys rotate': writes(
    z.object({ force: z.boolean() }),
    async ({ keyRotation, keys }, { force }) => {
      const outcome = await keyRotation.rotate({ force })
      if (outcome.kind === 'too-soon') {
        const from = outcome.allowedFrom.toISOString()
        return failure(
          'too-soon',
          `Gateways may not know the next key before ${from}. Wait until then, or use --force.`,
        )
      }
      await keys.load()
      return success(outcome, `Signing with ${outcome.currentId}.`, `Next is ${outcome.nextId}.`)
    },
  ),

  'keys retire': writes(keyInput, async ({ keyRotation, keys }, { id }) => {
    const { kind } = await keyRotation.retire(id)
    if (kind === 'not-found')
      return failure(
        kind,
        `There is no key ${id} to retire. \`latchkey keys list\` shows the keys.`,
      )
    if (kind === 'in-use')
      return failure(kind, 'The key signs now or will sign next. Run `latchkey keys rotate` first.')
    await keys.load()
    return success({ id }, `${id} is retired: its tokens are refused.`)
  }),

  'users create': creates(
    z.object({
      email: z.string(),
      password: z.string(),
      username: z.string().nullable(),
      name: z.string().nullable(),
      emailVerified: z.boolean(),
    }),
    async ({ credentials, passwordPolicy }, input) => {
      const parsed = parseRegistration({ ...input, locale: null })
      if (!parsed.ok)
        return failure('invalid-input', parsed.problems.map(({ message }) => message).join(' '))
      const policyResult = await passwordPolicy(input.password, parsed.fields)
      if (policyResult.kind !== 'acceptable') {
        return failure(
          policyResult.kind,
          `The password is ${policyResult.passwordProblems.join(', ')}.`,
        )
      }
      const account = { password: policyResult.password, emailVerified: input.emailVerified }
      const outcome = await credentials.createByOperator(parsed.fields, account)
      if (outcome.kind !== 'created')
        return failure(outcome.kind, 'The address or user name is taken.')
      return success({ id: outcome.id }, `Created ${parsed.fields.email} (${outcome.id}).`)
    },
  ),

  'users disable': writes(user, async ({ users }, { user: given }) => {
    const found = await users.findByIdentifier(given)
    if (!found) return failure('not-found', `There is no user ${given}.`)
    const changed = await users.disable(found.id)
    return success(
      { id: found.id, changed },
      `${found.email} is disabled; all sessions have ended.`,
    )
  }),

  'users enable': writes(user, async ({ users }, { user: given }) => {
    const found = await users.findByIdentifier(given)
    if (!found) return failure('not-found', `There is no user ${given}.`)
    const changed = await users.enable(found.id)
    return success({ id: found.id, changed }, `${found.email} is enabled.`)
  }),

  'users unlock': writes(user, async ({ users, credentials }, { user: given }) => {
    const found = await users.findByIdentifier(given)
    if (!found) return failure('not-found', `There is no user ${given}.`)
    await credentials.unlock(found)
    const line = `Passwords for ${found.email} are accepted again from every network.`
    return success({ id: found.id }, line)
  }),

  'mail list': reads(noInput, async ({ outbox }) => {
    const messages = await outbox.list(maxListed)
    const { waiting, dead } = await outbox.count()
    const unlisted = waiting + dead - messages.length
    const line = ({ id, status, kind, recipient, attempts, ...rest }: (typeof messages)[number]) =>
      [
        id,
        status.padEnd(7),
        rest.createdAt.toISOString(),
        kind,
        recipient,
        `${attempts} attempts`,
        ...(rest.lastError === null ? [] : [rest.lastError]),
      ].join('  ')
    const more = unlisted > 0 ? [`... and ${unlisted} more.`] : []
    return success(messages, ...messages.map(line), ...more)
  }),

  'mail requeue': writes(
    z.object({ ids: z.array(z.string()), all: z.boolean() }),
    async ({ outbox }, { ids: requestedIds, all }) => {
      const ids = [...new Set(requestedIds)]
      if (all === ids.length > 0)
        return failure('invalid-input', 'Give the ids of messages, or --all.')
      if (!ids.every(isId))
        return failure('invalid-input', 'An id is not valid. `latchkey mail list` shows the ids.')
      const count = await outbox.requeue(all ? null : ids)
      if (count < ids.length) {
        return failure(
          'not-found',
          `Only ${count} of ${ids.length} were dead letters. They are sent again.`,
        )
      }
      return success({ requeued: count }, `${count} requeued.`)
    },
  ),
} satisfies Record<string, Command>

export type CommandName = keyof typeof commands
export const isCommand = (name: unknown): name is CommandName =>
  typeof name === 'string' && Object.hasOwn(commands, name)
