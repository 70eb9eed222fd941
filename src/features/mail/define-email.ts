import type { BuiltInLanguage, EmailKind, Invitation, Notice } from './email-kind.js'

type Strings<T> = T extends string
  ? T
  : T extends readonly unknown[]
    ? Strings<T[number]>
    : Strings<T[keyof T]>

type Named<S> = S extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Named<Rest> : never

type Placeholders<T> = Named<Strings<T>>

type TextOf<Path> = Path extends string ? Invitation : Notice

/** The placeholders that a text must name: those of the English one and, where there is a link, its lifetime. */
type RequiredNames<Texts extends { en: unknown }, Path> =
  Placeholders<Texts['en']> | (Path extends string ? 'lifetime' : never)

type AllowedNames<Path> = 'product' | 'email' | (Path extends string ? 'lifetime' : never)

/** `unknown` for a text that is whole; else a type that no text has, and that names the mistake. */
type Whole<Texts extends { en: unknown }, Language extends keyof Texts, Path> = [
  (
    | Exclude<RequiredNames<Texts, Path>, Placeholders<Texts[Language]>>
    | Exclude<keyof Texts['en'], keyof Texts[Language]>
  ),
  (
    | Exclude<Placeholders<Texts[Language]>, RequiredNames<Texts, Path> & AllowedNames<Path>>
    | Exclude<keyof Texts[Language], keyof Texts['en'] & keyof TextOf<Path>>
  ),
] extends [infer Missing, infer Unknown]
  ? [Missing | Unknown] extends [never]
    ? unknown
    : { readonly missing: Missing; readonly unknown: Unknown }
  : never

/** Declares a kind of e-mail. A language, a part or a placeholder that is missing does not compile. */
export const defineEmail = <
  const Path extends string | null,
  const Texts extends Record<BuiltInLanguage, TextOf<Path>>,
  Needs = unknown,
  Details = object,
>(
  kind: Omit<EmailKind<Needs, Details>, 'path' | 'texts'> & {
    readonly path: Path
    readonly texts: Texts & {
      readonly [Language in BuiltInLanguage]: Whole<Texts, Language, Path>
    }
  },
): EmailKind<Needs, Details> => kind
