import type { z } from '../../../platform/zod.js'
import type { Optimizations } from '../optimizations.js'

interface SettingBase<T> {
  /** How its text becomes a value. Its description says which texts it takes. */
  readonly parse: z.ZodType<T, string>
  /** One or two sentences, in Markdown: docs/configuration.md and .env.example show them. */
  readonly description: string
  /** Its value is never shown, not even in the message that refuses it. */
  readonly secret?: true
}

/** `default` is the text that stands in when the variable is absent or empty; `unset` says what holds without one. */
export type Setting<T = unknown> = SettingBase<T> &
  (
    | { readonly default: string; readonly unset?: never }
    | { readonly default?: never; readonly unset: string }
  )

export type Environment = Readonly<Record<string, string | undefined>>

/** What the settings came to; undefined where nothing was given and there is no default. */
export type ValuesOf<S extends Record<string, Setting>> = {
  readonly [K in keyof S]: S[K] extends { default: string }
    ? z.output<S[K]['parse']>
    : z.output<S[K]['parse']> | undefined
}

/** What several groups need. */
export interface DerivedValues {
  readonly production: boolean
  readonly publicUrl: string
  /** Processes that serve. */
  readonly workers: number
  /** Hashes at a time, of each worker. */
  readonly maxConcurrentHashes: number
  readonly optimizations: Optimizations
}

/** A table of settings, and the part of Config that they become. */
export interface SettingGroup<S extends Record<string, Setting>, C> {
  /** A heading of docs/configuration.md. */
  readonly title: string
  readonly settings: S
  readonly toConfig: (values: ValuesOf<S>, derived: DerivedValues) => C
}

/** Infers the types. */
export const defineGroup = <S extends Record<string, Setting>, C>(parts: SettingGroup<S, C>) =>
  parts
