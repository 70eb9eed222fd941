import type { Scenario } from '../bench.js'
import type { Options } from '../options.js'
import { login } from './login.js'
import { me } from './me.js'
import { refresh } from './refresh.js'

const scenarios: Readonly<Record<string, Scenario>> = { me, refresh, login }

export function scenariosFor({ only }: Options): [string, Scenario][] {
  const unknown = only?.filter((name) => !Object.hasOwn(scenarios, name)) ?? []
  if (unknown.length > 0) {
    throw new Error(
      `no scenario ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}`,
    )
  }
  return Object.entries(scenarios).filter(([name]) => !only || only.includes(name))
}
