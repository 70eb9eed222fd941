import type { Chain, Requests } from './plan.js'

// Of a round: as many as one of the rounds that use them can need.
const mostHarvested = 8_192

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
  const harvester = (harvest: string | undefined) => (answer: Buffer) => {
    if (harvest && harvested.length < mostHarvested) harvested.push(between(answer, harvest, '"'))
  }
  if (requests.kind === 'chained') {
    const { chain } = requests
    const tokens = [...requests.tokens]
    const keep = harvester(chain.harvest)
    const sourceOf = (i: number) => chained(chain, tokens, i, keep)
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
  const answered = harvester(kind === 'once' ? requests.harvest : undefined)
  const source = { next, answered }
  return { sourceOf: () => source, tokens: () => [], harvested }
}

function chained(
  chain: Chain,
  tokens: string[],
  i: number,
  keep: (answer: Buffer) => void,
): Source {
  const { head, before, after, mark, end } = chain
  return {
    next() {
      const token = tokens[i]
      if (!token) return null
      const body = `${before}${token}${after}`
      return `${head}content-length: ${body.length}\r\n\r\n${body}`
    },
    answered(answer) {
      tokens[i] = between(answer, mark, end)
      keep(answer)
    },
  }
}

function between(answer: Buffer, mark: string, end: string) {
  const start = answer.indexOf(mark, 0, 'latin1') + mark.length
  return answer.toString('latin1', start, answer.indexOf(end, start, 'latin1'))
}
