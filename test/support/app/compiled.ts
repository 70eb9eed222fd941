/** How many functions are compiled from text meanwhile. */
export async function compiledBy(work: () => Promise<unknown>): Promise<number> {
  const Original = globalThis.Function
  let compiled = 0
  globalThis.Function = new Proxy(Original, {
    construct(target, args: string[]) {
      compiled += 1
      return Reflect.construct(target, args)
    },
  })
  try {
    await work()
    return compiled
  } finally {
    globalThis.Function = Original
  }
}
