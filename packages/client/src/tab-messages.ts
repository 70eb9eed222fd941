import { isTokens, type Tokens } from './tokens.js'

/** The messages between tabs. */
export type SessionUpdate =
  | { readonly kind: 'tokens'; readonly tokens: Tokens }
  | { readonly kind: 'ended'; readonly sessionId: string; readonly reason: string }

export type Message = SessionUpdate | { readonly kind: 'question' | 'nothing' } | TokensAnswer

interface TokensAnswer {
  readonly kind: 'answer'
  readonly tokens: Tokens
}

/** Another tab may run another version. */
export function isMessage(data: unknown): data is Message {
  const { kind, tokens, sessionId } = (data ?? {}) as Record<string, unknown>
  switch (kind) {
    case 'tokens':
    case 'answer':
      return isTokens(tokens)
    case 'ended':
      return typeof sessionId === 'string'
    default:
      return kind === 'question' || kind === 'nothing'
  }
}
