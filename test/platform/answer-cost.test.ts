import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { call, parseResponse, registerPerson } from '../support/app/client.js'

const app = await startApp()
afterAll(app.close)
const { accessToken: token } = await registerPerson(app)

type Variables = Record<string, unknown>

const byPost = (query: string, variables: Variables) => call(app, query, variables, { token })

async function byGet(query: string, variables: Variables) {
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) })
  const headers = { authorization: `Bearer ${token}` }
  return parseResponse(await fetch(`${app.url}/graphql?${search.toString()}`, { headers }))
}

const idFields = (n: number) => 'id '.repeat(n)

describe('cost: the fields that the response may contain', () => {
  const code = 'BAD_USER_INPUT'
  const message = 'The answer could have more than 5000 fields: ask for less, or for smaller pages.'

  async function expectLimit(document: (extraFields: number) => string, variables: Variables = {}) {
    for (const method of [byPost, byGet]) {
      expect((await method(document(0), variables)).text).not.toContain(message)
      const { status, data, errors } = await method(document(1), variables)
      expect({ status, data }).toEqual({ status: 400, data: undefined })
      expect(errors).toEqual([{ message, extensions: { code } }])
    }
  }

  /** `me`, `sessions` (50, plus 5 per row), `nodes` with 45 fields each, and filler up to 5,000. */
  const documentAtLimit =
    (argument: string, size: number, variable: string) => (extraFields: number) => {
      const rest = 5_000 - 52 - size * 50
      const person = `${'...Fifty '.repeat(Math.floor(rest / 50))} ${idFields((rest % 50) + extraFields)}`
      return `query ${variable} { me { ${person} sessions${argument} { nodes { ${idFields(45)} } } } }
      ${rest >= 50 ? `fragment Fifty on User { ${idFields(50)} }` : ''}`
    }

  it.each<[string, string, number, string, Variables]>([
    ['a literal', '(first: 98)', 98, '', {}],
    ['a variable', '(first: $n)', 98, '($n: Int!)', { n: 98 }],
    ['the default of a variable', '(first: $n)', 98, '($n: Int! = 98)', {}],
    ['a variable in place of its default', '(first: $n)', 98, '($n: Int! = 100)', { n: 98 }],
    ['a larger variable than its default', '(first: $n)', 98, '($n: Int! = 1)', { n: 98 }],
    ['the default of the field', '', 20, '', {}],
    ['a variable that is not given', '(first: $n)', 20, '($n: Int)', {}],
    ['null', '(first: $n)', 20, '($n: Int)', { n: null }],
    // A property inherited from Object is not a number. It would make the cost of the whole document NaN.
    ['a variable of an inherited name', '(first: $toString)', 20, '($toString: Int)', {}],
    ['a variable named __proto__', '(first: $__proto__)', 20, '($__proto__: Int)', {}],
    ['a number below one', '(first: -98)', 1, '', {}],
  ])('pages of %s', async (_, argument, size, variable, variables) => {
    await expectLimit(documentAtLimit(argument, size, variable), variables)
  })

  it('fragments count at every use, and inline fragments add nothing themselves', async () => {
    const fragments = `fragment P on User { sessions(first: 43) { ... { nodes { ...S ...S } } } }
      fragment S on Session { ${idFields(25)} }`
    await expectLimit(
      (extraFields) =>
        `{ a: me { ...P } b: me { ... on User { ...P ${idFields(166 + extraFields)} } } } ${fragments}`,
    )
  })
})
