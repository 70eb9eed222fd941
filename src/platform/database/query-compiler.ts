import { setFlagsFromString } from 'node:v8'
import type { PrismaClient } from '../../generated/prisma/client.js'

// V8 recompiles a WebAssembly function, optimized, after this budget. V8 has no getter for its own value;
// `defaultBudget` is close to it.
const noOptimizationBudget = 2_000_000_000
const defaultBudget = 2_000_000

/**
 * Loads Prisma's query compiler without V8's optimizing compiler. Prisma compiles each form of query once and caches
 * the plan; optimizing the compiler for that would take 50 MB and half a second of a second core. V8 reads the flag
 * when a module is loaded, so the embedded database, already loaded, stays fast.
 */
export async function loadQueryCompiler(db: PrismaClient) {
  setFlagsFromString(`--wasm-tiering-budget=${noOptimizationBudget}`)
  await db.$connect()
  setFlagsFromString(`--wasm-tiering-budget=${defaultBudget}`)
}
