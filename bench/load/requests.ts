import type { Chain, Requests } from './plan.js'

// Per round: as many as any later round needs.
const maxCaptured = 8_192

/** The source of a connection's next request. */
export interface RequestSource {
  /** Null when there is none left. */
  readonly next: () => string | null
  readonly answered: (answer: Buffer) => void
}

export interface RequestSources {
  readonly sourceOf: (connection: number) => RequestSource
  readonly tokens: () => string[]
  readonly captured: string[]
}

export function createRequestSources(requests: Requests): RequestSources {
  const captured: string[] = []
  const createCapture = (capturePrefix: string | undefined) => (answer: Buffer) => {
    if (capturePrefix && captured.length < maxCaptured)
      captured.push(extractBetween(answer, capturePrefix, '"'))
  }
  if (requests.kind === 'chained') {
    const { chain } = requests
    const tokens = [...requests.tokens]
    const capture = createCapture(chain.capturePrefix)
    const sourceOf = (index: number) => createChainedSource(chain, tokens, index, capture)
    return { sourceOf, tokens: () => tokens, captured }
  }
  const { kind, texts } = requests
  let position = 0
  const next = () => {
    if (kind === 'once' && position >= texts.length) return null
    const text = texts[position % texts.length] ?? null
    position += 1
    return text
  }
  const answered = createCapture(kind === 'once' ? requests.capturePrefix : undefined)
  const source = { next, answered }
  return { sourceOf: () => source, tokens: () => [], captured }
}

function createChainedSource(
  chain: Chain,
  tokens: string[],
  index: number,
  capture: (answer: Buffer) => void,
): RequestSource {
  const { head, bodyPrefix, bodySuffix, tokenPrefix, tokenSuffix } = chain
  return {
    next() {
      const token = tokens[index]
      if (!token) return null
      const body = `${bodyPrefix}${token}${bodySuffix}`
      return `${head}content-length: ${body.length}\r\n\r\n${body}`
    },
    answered(answer) {
      tokens[index] = extractBetween(answer, tokenPrefix, tokenSuffix)
      capture(answer)
    },
  }
}

function extractBetween(answer: Buffer, tokenPrefix: string, tokenSuffix: string) {
  const start = answer.indexOf(tokenPrefix, 0, 'latin1') + tokenPrefix.length
  return answer.toString('latin1', start, answer.indexOf(tokenSuffix, start, 'latin1'))
}
