import type { Scenario } from '../bench.js'
import { growth } from '../growth/growth.js'
import type { Options } from '../options.js'
import { fresh } from './fresh.js'
import { login } from './login.js'
import { me } from './me.js'
import { memory } from './memory.js'
import { overload } from './overload.js'
import { refresh } from './refresh.js'
import { start } from './start.js'
import { workers } from './workers.js'

const scenarios: Readonly<Record<string, Scenario>> = {
  ...{ me, refresh, fresh, login, overload },
  ...{ workers, memory, start, growth },
}

export function selectScenarios({ only }: Options): [string, Scenario][] {
  const unknown = only?.filter((name) => !Object.hasOwn(scenarios, name)) ?? []
  if (unknown.length > 0) {
    throw new Error(
      `--only: unknown scenario ${unknown.join(', ')}. Choose from ${Object.keys(scenarios).join(', ')}.`,
    )
  }
  return Object.entries(scenarios).filter(([name]) => !only || only.includes(name))
}
