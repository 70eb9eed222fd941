/** The contrast ratio of two colours such as #1d4ed8 (WCAG 2.2). */
export function contrastRatio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: string): number {
  const [, ...parts] = /^#(..)(..)(..)$/.exec(color) ?? []
  if (parts.length !== 3) throw new Error(`${color} is not a colour that can be compared`)
  const [red = 0, green = 0, blue = 0] = parts.map((hex) => {
    const part = parseInt(hex, 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

interface Colors {
  color?: string | undefined
  'background-color'?: string | undefined
}

function colorsIn(css: string): Colors {
  const colors: Colors = {}
  for (const [, property, value] of css.matchAll(/(?<![\w-])([\w-]+):\s*([^;!}]+)/g)) {
    if (property === 'color' || property === 'background-color') colors[property] = value?.trim()
  }
  return colors
}

/**
 * Every text of a message with its text and background colours. Light: the style attributes alone. Dark: with the rules
 * for dark screens.
 */
export function textsWithColors(html: string, scheme: 'light' | 'dark') {
  const [, darkRules = ''] =
    /@media \(prefers-color-scheme: dark\) \{(.*?)\}\s*<\/style>/s.exec(html) ?? []
  const darkColors = new Map(
    [...darkRules.matchAll(/\.(\w+) \{(.*?)\}/gs)].map(([, name, css = '']) => [
      name,
      colorsIn(css),
    ]),
  )
  const body = html.slice(html.indexOf('<body'))
  const openElements: Colors[] = []
  const texts: (Colors & { text: string })[] = []
  for (const [, tag, text] of body.matchAll(/(<[^>]*>)|([^<]+)/g)) {
    if (text?.trim()) texts.push({ ...openElements.at(-1), text: text.trim() })
    else if (tag?.startsWith('</')) openElements.pop()
    else if (tag && !tag.endsWith('/>')) {
      const [, name] = /class="(\w+)"/.exec(tag) ?? []
      const ownColors = colorsIn(/style="([^"]*)"/.exec(tag)?.[1] ?? '')
      openElements.push({
        ...openElements.at(-1),
        ...ownColors,
        ...(scheme === 'dark' ? darkColors.get(name) : {}),
      })
    }
  }
  return texts
}
