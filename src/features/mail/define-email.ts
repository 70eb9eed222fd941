import type { BuiltInLanguage, EmailKind, LinkText, NoticeText } from './email-kind.js'

type StringsIn<T> = T extends string
  ? T
  : T extends readonly unknown[]
    ? StringsIn<T[number]>
    : StringsIn<T[keyof T]>

type PlaceholderNames<S> = S extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | PlaceholderNames<Rest>
  : never

type Placeholders<T> = PlaceholderNames<StringsIn<T>>

type TextOf<Path> = Path extends string ? LinkText : NoticeText

/** The placeholders that each text must contain: those of the English text and, with a link, its lifetime,
 * and the counts of the kind. */
type RequiredNames<Texts extends { en: unknown }, Path, Count> =
  Placeholders<Texts['en']> | Count | (Path extends string ? 'lifetime' : never)

type AllowedNames<Path, Count> =
  'product' | 'email' | Count | (Path extends string ? 'lifetime' : never)

/** `unknown` for a complete text. Otherwise a type that no text has, which names the mistake. */
type CompleteTexts<Texts extends { en: unknown }, Language extends keyof Texts, Path, Count> = [
  (
    | Exclude<RequiredNames<Texts, Path, Count>, Placeholders<Texts[Language]>>
    | Exclude<keyof Texts['en'], keyof Texts[Language]>
  ),
  (
    | Exclude<
        Placeholders<Texts[Language]>,
        RequiredNames<Texts, Path, Count> & AllowedNames<Path, Count>
      >
    | Exclude<keyof Texts[Language], keyof Texts['en'] & keyof TextOf<Path>>
  ),
] extends [infer Missing, infer Unknown]
  ? [Missing | Unknown] extends [never]
    ? unknown
    : { readonly missing: Missing; readonly unknown: Unknown }
  : never

/** Declares a kind of e-mail. A missing language, part or placeholder does not compile. */
export const defineEmail = <
  const Path extends string | null,
  const Texts extends Record<BuiltInLanguage, TextOf<Path>>,
  Deps = unknown,
  Details = object,
  const Count extends string = never,
>(
  kind: Omit<EmailKind<Deps, Details>, 'path' | 'texts' | 'counts'> & {
    readonly path: Path
    readonly counts?: readonly Count[]
    readonly texts: Texts & {
      readonly [Language in BuiltInLanguage]: CompleteTexts<Texts, Language, Path, Count>
    }
  },
): EmailKind<Deps, Details> => kind
