/** Measured values, by scenario, contender and measure. */
export type Figures = ReturnType<typeof createFigures>

export function createFigures() {
  const figures = new Map<string, number>()
  const notes: string[] = []

  return {
    set: (scenario: string, contender: string, measure: string, value: number) =>
      figures.set(`${scenario}/${contender}/${measure}`, value),
    get: (scenario: string, contender: string, measure = 'perSecond') =>
      figures.get(`${scenario}/${contender}/${measure}`),
    /** For results that are not numbers, such as the reason why something was not measured. */
    note: (text: string) => notes.push(text),
    notes: (): readonly string[] => notes,
  }
}
