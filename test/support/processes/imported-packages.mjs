// Preloaded by `node --import`. Writes each package that a program imports to standard error: `imported <name>`.
import { writeSync } from 'node:fs'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

export async function load(url, context, next) {
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (name) writeSync(2, `imported ${name}\n`)
  return next(url, context)
}
