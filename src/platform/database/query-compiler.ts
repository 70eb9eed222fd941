import { setFlagsFromString } from 'node:v8'
import type { PrismaClient } from '../../generated/prisma/client.js'

// What a function of WebAssembly may run until V8 compiles it again, optimized. There is no asking for V8's own, which
// `usual` is near.
const noOptimizationBudget = 2_000_000_000
const defaultBudget = 2_000_000

/**
 * Loads Prisma's query compiler, to run as it is. A form of query is compiled once and its plan kept: optimizing the
 * compiler for that took 50 MB, and a second core for the first half second. V8 reads its flag when a module is loaded,
 * so the embedded database, which is by now, stays as fast as it is.
 */
export async function loadQueryCompiler(db: PrismaClient) {
  setFlagsFromString(`--wasm-tiering-budget=${noOptimizationBudget}`)
  await db.$connect()
  setFlagsFromString(`--wasm-tiering-budget=${defaultBudget}`)
}
