import type { Chain, Requests } from './plan.js'

/** Where a connection takes its next request from. */
export interface Source {
  /** Null when there is none left. */
  readonly next: () => string | null
  readonly answered: (answer: Buffer) => void
}

export interface Sources {
  readonly sourceOf: (connection: number) => Source
  readonly tokens: () => string[]
  readonly harvested: string[]
}

export function createSources(requests: Requests): Sources {
  const harvested: string[] = []
  if (requests.kind === 'chained') {
    const tokens = [...requests.tokens]
    const sourceOf = (i: number) => chained(requests.chain, tokens, i, harvested)
    return { sourceOf, tokens: () => tokens, harvested }
  }
  const { kind, texts } = requests
  let position = 0
  const next = () => {
    if (kind === 'once' && position >= texts.length) return null
    const text = texts[position % texts.length] ?? null
    position += 1
    return text
  }
  const source = { next, answered: () => undefined }
  return { sourceOf: () => source, tokens: () => [], harvested }
}

function chained(chain: Chain, tokens: string[], i: number, harvested: string[]): Source {
  const { head, before, after, mark, harvest } = chain
  return {
    next() {
      const token = tokens[i]
      if (!token) return null
      const body = `${before}${token}${after}`
      return `${head}content-length: ${body.length}\r\n\r\n${body}`
    },
    answered(answer) {
      tokens[i] = textAfter(answer, mark)
      if (harvest) harvested.push(textAfter(answer, harvest))
    },
  }
}

function textAfter(answer: Buffer, mark: string) {
  const start = answer.indexOf(mark, 0, 'latin1') + mark.length
  return answer.toString('latin1', start, answer.indexOf('"', start, 'latin1'))
}
