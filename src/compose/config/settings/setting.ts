import type { z } from '../../../platform/zod.js'
import type { Optimizations } from '../optimizations.js'

interface SettingBase<T> {
  /** Parses the text of the setting. Its description names the accepted texts. */
  readonly parse: z.ZodType<T, string>
  /** One or two sentences in Markdown. docs/configuration.md and .env.example show them. */
  readonly description: string
  /** Never show the value, not even in an error message about it. */
  readonly secret?: true
}

/** `default` is the text that an absent or empty variable gets. `unset` describes the behavior without a default. */
export type Setting<T = unknown> = SettingBase<T> &
  (
    | { readonly default: string; readonly unset?: never }
    | { readonly default?: never; readonly unset: string }
  )

export type Environment = Readonly<Record<string, string | undefined>>

/** The parsed values of the settings; undefined without a value and a default. */
export type ValuesOf<S extends Record<string, Setting>> = {
  readonly [K in keyof S]: S[K] extends { default: string }
    ? z.output<S[K]['parse']>
    : z.output<S[K]['parse']> | undefined
}

/** Values that several groups need. */
export interface DerivedValues {
  readonly production: boolean
  readonly publicUrl: string
  /** The front end; `publicUrl` if the service has its own pages. */
  readonly appUrl: string
  /** Number of worker processes. */
  readonly workers: number
  /** Maximum number of concurrent hashes per worker. */
  readonly maxConcurrentHashes: number
  readonly optimizations: Optimizations
}

/** A table of settings, and the part of Config that is derived from them. */
export interface SettingGroup<S extends Record<string, Setting>, C> {
  /** A heading of docs/configuration.md. */
  readonly title: string
  readonly settings: S
  readonly toConfig: (values: ValuesOf<S>, derived: DerivedValues) => C
}

/** Returns the group; the function only infers the types. */
export const defineGroup = <S extends Record<string, Setting>, C>(parts: SettingGroup<S, C>) =>
  parts
