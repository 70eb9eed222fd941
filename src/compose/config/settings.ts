import { accounts } from './settings/accounts.js'
import { data } from './settings/data.js'
import { graphql } from './settings/graphql.js'
import { hashing } from './settings/hashing.js'
import { mail } from './settings/mail.js'
import { observability } from './settings/observability.js'
import { passkeys } from './settings/passkeys.js'
import { server } from './settings/server.js'
import { sessions } from './settings/sessions.js'
import type { DerivedValues, ValuesOf } from './settings/setting.js'
import { tokens } from './settings/tokens.js'

/**
 * All settings. To add one, add an entry to its group's table, a line to that group's `toConfig`, and the code that
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
  passkeys,
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
  ...passkeys.settings,
  ...hashing.settings,
  ...mail.settings,
  ...graphql.settings,
  ...observability.settings,
}

export type SettingName = keyof typeof settings
export type SettingValues = ValuesOf<typeof settings>

export const toConfig = (values: SettingValues, derived: DerivedValues) => ({
  ...server.toConfig(values, derived),
  ...data.toConfig(values, derived),
  ...tokens.toConfig(values, derived),
  ...sessions.toConfig(values, derived),
  ...accounts.toConfig(values, derived),
  ...passkeys.toConfig(values, derived),
  ...hashing.toConfig(values, derived),
  ...mail.toConfig(values, derived),
  ...graphql.toConfig(values, derived),
  ...observability.toConfig(values, derived),
})
