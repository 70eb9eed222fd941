/** Calls back after so many milliseconds unless the returned function is called before. Tests pass their own. */
export type StartTimer = (ms: number, onTime: () => void) => () => void

export const systemTimer: StartTimer = (ms, onTime) => {
  const timer = setTimeout(onTime, ms)
  return () => {
    clearTimeout(timer)
  }
}
