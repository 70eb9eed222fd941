/** Counts the functions that are compiled from text while `work` runs. */
export async function countCompiledFunctions(work: () => Promise<unknown>): Promise<number> {
  const Original = globalThis.Function
  let compiledCount = 0
  globalThis.Function = new Proxy(Original, {
    construct(target, args: string[]) {
      compiledCount += 1
      return Reflect.construct(target, args)
    },
  })
  try {
    await work()
    return compiledCount
  } finally {
    globalThis.Function = Original
  }
}
