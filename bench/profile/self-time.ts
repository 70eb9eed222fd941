/** What V8's profiler writes, as far as it is read here. */
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
  readonly time: number
}

const idle = '(idle)'

/** Microseconds by whatever each node is counted under, the most first; idle time is not work. */
export function selfTimes(profile: Profile, whatOf: (node: Profile['nodes'][number]) => string) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const times = new Map<string, number>()
  profile.samples.forEach((id, i) => {
    const node = nodes.get(id)
    if (!node || node.callFrame.functionName === idle) return
    const what = whatOf(node)
    times.set(what, (times.get(what) ?? 0) + (profile.timeDeltas[i] ?? 0))
  })
  return [...times]
    .map(([what, time]): SelfTime => ({ what, time }))
    .sort((a, b) => b.time - a.time)
}

export function functionOf({ callFrame }: Profile['nodes'][number]) {
  const { functionName, url, lineNumber } = callFrame
  return `${functionName || '(anonymous)'} ${url && `${shorten(url)}:${lineNumber + 1}`}`.trim()
}

/** The package, a file of our own, a module of Node, or what is no JavaScript at all. */
export function ownerOf({ callFrame }: Profile['nodes'][number]) {
  const { functionName, url } = callFrame
  if (!url) return functionName.startsWith('(') ? functionName : '(native)'
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? shorten(url)
}

const shorten = (url: string) =>
  url.replace(/^.*node_modules\//, '').replace(/^.*\/dist\//, 'dist/')
