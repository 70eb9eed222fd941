import { accounts } from './settings/accounts.js'
import { data } from './settings/data.js'
import { graphql } from './settings/graphql.js'
import { hashing } from './settings/hashing.js'
import { mail } from './settings/mail.js'
import { observability } from './settings/observability.js'
import { server } from './settings/server.js'
import { sessions } from './settings/sessions.js'
import type { Given, ValuesOf } from './settings/setting.js'
import { tokens } from './settings/tokens.js'

/**
 * Every setting, once. A new one is an entry in its group's table, a line in that group's `toConfig`, and the code that
 * uses it. `npm run generate` then writes it into docs/configuration.md and .env.example.
 *
 * @public for scripts/
 */
export const groups = [
  server,
  data,
  tokens,
  sessions,
  accounts,
  hashing,
  mail,
  graphql,
  observability,
] as const

export const settings = {
  ...server.settings,
  ...data.settings,
  ...tokens.settings,
  ...sessions.settings,
  ...accounts.settings,
  ...hashing.settings,
  ...mail.settings,
  ...graphql.settings,
  ...observability.settings,
}

export type SettingName = keyof typeof settings
export type Values = ValuesOf<typeof settings>

export const toConfig = (values: Values, given: Given) => ({
  ...server.toConfig(values, given),
  ...data.toConfig(values, given),
  ...tokens.toConfig(values, given),
  ...sessions.toConfig(values, given),
  ...accounts.toConfig(values, given),
  ...hashing.toConfig(values, given),
  ...mail.toConfig(values, given),
  ...graphql.toConfig(values, given),
  ...observability.toConfig(values, given),
})
