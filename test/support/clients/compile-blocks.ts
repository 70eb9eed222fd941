import { resolve } from 'node:path'
import ts from 'typescript'

interface Block {
  readonly name: string
  readonly text: string
}

/** Names that the blocks of a document leave to the reader. */
const prelude = `
import type { ApolloClient } from '@apollo/client'
import type { Session } from '@latchkey/client'
import type { Verifier } from '@latchkey/verify'
import type { FastifyInstance } from 'fastify'

declare global {
  const session: Session
  const client: ApolloClient
  const verifier: Verifier
  const server: FastifyInstance
  const url: string
  const email: string
  const password: string
  const supergraphSdl: string
  const sdl: string
  const typeDefs: string
  const show: (code: string) => void
  const ordersOf: (userId: string) => string[]
  interface Context {
    readonly forwarded: Readonly<Record<string, string>>
  }
}
`

/** Type stubs for packages that a document uses in a line. */
const stubPackages = {
  react: `export declare function useSyncExternalStore<T>(
    subscribe: (onStoreChange: () => void) => () => void,
    getSnapshot: () => T,
    getServerSnapshot?: () => T,
  ): T`,
  'expo-secure-store': `
    export declare function getItemAsync(key: string): Promise<string | null>
    export declare function setItemAsync(key: string, value: string): Promise<void>
    export declare function deleteItemAsync(key: string): Promise<void>`,
}

const pathOf = (root: string, name: string) => resolve(root, 'docs', `${name}.ts`)

const options = (root: string): ts.CompilerOptions => ({
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  // The examples of the README leave callback types to the reader.
  noImplicitAny: false,
  noEmit: true,
  skipLibCheck: true,
  paths: {
    ...Object.fromEntries(Object.keys(stubPackages).map((name) => [name, [pathOf(root, name)]])),
    '@latchkey/client': [resolve(root, 'packages/client/src/index.ts')],
    '@latchkey/client/*': [resolve(root, 'packages/client/src/*.ts')],
    '@latchkey/verify': [resolve(root, 'packages/verify/src/index.ts')],
    '@latchkey/verify/*': [resolve(root, 'packages/verify/src/*.ts')],
  },
})

/** Type-checks each block as a separate module and returns the compiler's messages. */
export function compileBlocks(root: string, blocks: readonly Block[]): string[] {
  const sources = {
    ...Object.fromEntries(blocks.map(({ name, text }) => [name, `${text}\nexport {}\n`])),
    ...stubPackages,
    prelude,
    // The output that GraphQL Code Generator creates for a reader of the README.
    operations: `export * from '@latchkey/client/operations'`,
  }
  const files = new Map(Object.entries(sources).map(([name, text]) => [pathOf(root, name), text]))

  const host = ts.createCompilerHost(options(root))
  const diskHost = { ...host }
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseNone
  host.fileExists = (path) => files.has(path) || diskHost.fileExists(path)
  host.readFile = (path) => files.get(path) ?? diskHost.readFile(path)
  host.getSourceFile = (path, ...rest) => {
    const text = files.get(path)
    if (text === undefined) return diskHost.getSourceFile(path, ...rest)
    return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
  }
  const program = ts.createProgram([...files.keys()], options(root), host)
  return [...files.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => ts.formatDiagnostic(diagnostic, formatHost(root)),
    )
  })
}

const formatHost = (root: string): ts.FormatDiagnosticsHost => ({
  getCurrentDirectory: () => root,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
})
