// V8 ignores a flag that it does not know, so that a new Node may lose one of ours unheard.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { nextMessage } from '../support/child.js'

const program = fileURLToPath(new URL('./children/list-maker.ts', import.meta.url))
const execArgv = ['--import', 'tsx', '--allow-natives-syntax', '--max-semi-space-size=1']

const youngOfAThousand = (as: string) => nextMessage(fork(program, [as], { execArgv }))

it('what a request makes is young, also where much that was made before it lives long', async () => {
  expect(await youngOfAThousand('any program')).toBe(0) // which is what is prevented
  expect(await youngOfAThousand('as the server')).toBe(1_000)
})
