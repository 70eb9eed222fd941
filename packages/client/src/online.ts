/** Has something done, once, when the device is online again. Where nobody tells of that (servers, phones), never. */
export function createRunWhenOnline(work: () => unknown) {
  const { addEventListener } = globalThis as unknown as Browser
  let isWaiting = false
  return () => {
    if (isWaiting || !addEventListener) return
    isWaiting = true
    const listener = () => {
      isWaiting = false
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
