/** The parts of a V8 CPU profile that are read here. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { functionName: string; url: string; lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface SelfTime {
  readonly what: string
  /** Microseconds. */
  readonly timeUs: number
}

const idle = '(idle)'

/** Self time in microseconds per group, the largest first, without idle time. */
export function selfTimes(profile: Profile, groupOf: (node: Profile['nodes'][number]) => string) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const times = new Map<string, number>()
  profile.samples.forEach((id, i) => {
    const node = nodes.get(id)
    if (!node || node.callFrame.functionName === idle) return
    const what = groupOf(node)
    times.set(what, (times.get(what) ?? 0) + (profile.timeDeltas[i] ?? 0))
  })
  return [...times]
    .map(([what, timeUs]): SelfTime => ({ what, timeUs }))
    .sort((a, b) => b.timeUs - a.timeUs)
}

export function functionOf({ callFrame }: Profile['nodes'][number]) {
  const { functionName, url, lineNumber } = callFrame
  return `${functionName || '(anonymous)'} ${url && `${shortenUrl(url)}:${lineNumber + 1}`}`.trim()
}

/** The package of a function, our own file, a Node.js module, or the name of a non-JavaScript part. */
export function ownerOf({ callFrame }: Profile['nodes'][number]) {
  const { functionName, url } = callFrame
  if (!url) return functionName.startsWith('(') ? functionName : '(native)'
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? shortenUrl(url)
}

const shortenUrl = (url: string) =>
  url.replace(/^.*node_modules\//, '').replace(/^.*\/dist\//, 'dist/')
