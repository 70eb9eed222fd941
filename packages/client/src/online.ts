/**
 * Runs the work once when the device is online again. Never runs on platforms without the event (servers, phones).
 */
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
