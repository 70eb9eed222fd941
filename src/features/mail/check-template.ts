import mustache, { type TemplateSpans } from 'mustache'

/** The sections that a template may have, each with the names that mean something in it only. */
export type Sections = Readonly<Record<string, readonly string[]>>

/**
 * What is wrong with a template, in words; null when it is sound. Mustache prints nothing where it knows no value, so
 * that a typo would send messages with holes.
 */
export function findTemplateProblem(
  template: string,
  names: readonly string[],
  sections: Sections = {},
): string | null {
  try {
    return findSpansProblem(mustache.parse(template), names, sections)
  } catch (error) {
    return (error as Error).message
  }
}

function findSpansProblem(
  spans: TemplateSpans,
  names: readonly string[],
  sections: Sections,
): string | null {
  const findSpanProblem = ([type, name, , , inner]: TemplateSpans[number]): string | null => {
    switch (type) {
      case 'text':
      case '!':
        return null
      case 'name':
        return names.includes(name) ? null : describeUnknownTag(name, 'a value', names)
      case '#':
      case '^': {
        const sectionNames = Object.hasOwn(sections, name) ? sections[name] : undefined
        if (!sectionNames)
          return describeUnknownTag(`${type}${name}`, 'a section', Object.keys(sections))
        const known = type === '#' ? [...names, ...sectionNames] : names
        return findSpansProblem(inner as TemplateSpans, known, sections)
      }
      // {{{ }}} and {{& }} escape nothing, and {{> }} and {{= }} would escape these checks.
      default:
        return `{{${type}${name}}} cannot be used: values as {{name}} and sections can`
    }
  }
  for (const span of spans) {
    const problem = findSpanProblem(span)
    if (problem) return problem
  }
  return null
}

const describeUnknownTag = (tag: string, what: string, known: readonly string[]) =>
  `{{${tag}}} is not ${what} that can be used here; ${known.length > 0 ? `these are: ${known.join(', ')}` : 'there is none'}`
