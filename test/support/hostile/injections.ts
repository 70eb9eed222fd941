// graphql-jit interprets this text as an internal call.
const marker = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d'
const code = '(globalThis.injected=true,0)'
const login = (email: string) =>
  `mutation { login(input: { email: ${email}, password: "wrong horse battery" }) { __typename } }`

/** Documents with JavaScript in every position where a client can put text of its own. */
export const injections: Readonly<Record<string, string>> = {
  'a string': login(`"${marker}${code}"`),
  'a string with escapes': login(`"${marker.replaceAll('_', '\\u005f')}${code}"`),
  'a block string': login(`"""${marker}${code}"""`),
  'a string in a query': `{ me { sessions(after: "${marker}${code}") { totalCount } } }`,
  'a name where any value may stand': `{ _entities(representations: [${marker}]) { __typename } }`,
  'a string that ends the one around it': `{ me { sessions(after: "\\"+(globalThis.injected=true)+\\"") { totalCount } } }`,
  'a template': '{ me { sessions(after: "${globalThis.injected=true}`") { totalCount } } }',
}
