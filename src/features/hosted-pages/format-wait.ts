const units = [
  ['hour', 3_600],
  ['minute', 60],
] as const

/** "in 3 minutes": rounded up, in the largest unit with a count of at least two. */
export function formatWait(seconds: number, language: string): string {
  const [unit, unitSeconds] = units.find(([, unitSeconds]) => seconds >= 2 * unitSeconds) ?? [
    'second',
    1,
  ]
  return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / unitSeconds), unit)
}
