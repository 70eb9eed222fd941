/** Has something done, once, when the device is online again. Where nobody tells of that (servers, phones), never. */
export function createWhenOnline(work: () => unknown) {
  const { addEventListener } = globalThis as unknown as Browser
  let waits = false
  return () => {
    if (waits || !addEventListener) return
    waits = true
    const listener = () => {
      waits = false
      work()
    }
    addEventListener('online', listener, { once: true })
  }
}

interface Browser {
  readonly addEventListener?: (
    type: 'online',
    listener: () => void,
    options: { once: true },
  ) => void
}
