import mustache, { type TemplateSpans } from 'mustache'

/** The sections of a template, each with the names that are valid only inside it. */
export type Sections = Readonly<Record<string, readonly string[]>>

/**
 * Returns the problem of a template as text, or null. Mustache prints nothing for unknown names: a typo would leave
 * gaps in the e-mails.
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
      // {{{ }}} and {{& }} do not escape values. {{> }} and {{= }} would bypass these checks.
      default:
        return `{{${type}${name}}} is not allowed. Use only values such as {{name}} and sections.`
    }
  }
  for (const span of spans) {
    const problem = findSpanProblem(span)
    if (problem) return problem
  }
  return null
}

const describeUnknownTag = (tag: string, what: string, known: readonly string[]) =>
  `{{${tag}}} is not ${what} of this file. ${known.length > 0 ? `Allowed: ${known.join(', ')}` : 'None is allowed here.'}`
