// Preloaded by `node --import`. Counts code generation from strings in a server, once a test enables it.
import { syncBuiltinESMExports } from 'node:module'
import vm from 'node:vm'

let isArmed = false
const calls = []

function note(name, args) {
  if (!isArmed) return
  const place = (new Error().stack ?? '').split('\n').slice(3, 6).join(' ')
  calls.push(`${name}: ${args.map(String).join().slice(0, 200)} ${place}`)
}

function trapped(name, original) {
  const trap = new Proxy(original, {
    apply(target, self, args) {
      note(name, args)
      return Reflect.apply(target, self, args)
    },
    construct(target, args, newTarget) {
      note(name, args)
      return Reflect.construct(target, args, newTarget === trap ? target : newTarget)
    },
  })
  return trap
}

// The constructor of every function reaches these without a global name.
const kinds = [() => 0, async () => 0, function* () {}, async function* () {}]
const prototypes = kinds.map((one) => Object.getPrototypeOf(one))
const traps = prototypes.map((prototype) => {
  const trap = trapped(prototype.constructor.name, prototype.constructor)
  Object.defineProperty(prototype, 'constructor', { value: trap })
  return trap
})
for (const trap of traps.slice(1)) Object.setPrototypeOf(trap, traps[0])
globalThis.Function = traps[0]

for (const name of [
  'Script',
  'SourceTextModule',
  'compileFunction',
  'runInContext',
  'runInNewContext',
  'runInThisContext',
]) {
  if (vm[name]) vm[name] = trapped(`vm.${name}`, vm[name])
}
syncBuiltinESMExports()

/** One call of each kind, as a library could make it. */
const provocations = {
  'new Function': () => new Function('return 1')(),
  'Function()': () => Function('return 1')(),
  eval: () => (0, eval)('1'),
  'a constructor of a function': () => (() => 0).constructor('return 1')(),
  'a constructor of an async function': () => (async () => 0).constructor('return 1')(),
  'a constructor of a generator': () => function* () {}.constructor('yield 1')().next(),
  'a constructor of an async generator': () =>
    async function* () {}.constructor('yield 1')().next(),
  'a constructor by way of another object': () => ''.at.constructor.constructor('return 1')(),
  'the prototype of an async function': () =>
    Object.getPrototypeOf((async () => 0).constructor)('return 1')(),
  'Reflect.construct': () => Reflect.construct(Function, ['return 1'])(),
  'vm.Script': () => new vm.Script('1').runInThisContext(),
  'vm.runInNewContext': () => vm.runInNewContext('1'),
}

process.on('message', (order) => {
  if (order === 'arm') {
    // Install this last: a direct eval in a library that is still loading would lose its local scope.
    globalThis.eval = trapped('eval', globalThis.eval)
    isArmed = true
  }
  if (order === 'provoke') {
    const counts = {}
    for (const [name, call] of Object.entries(provocations)) {
      const before = calls.length
      call()
      counts[name] = calls.length - before
    }
    process.send(counts)
  } else process.send(calls)
})
process.channel?.unref()
