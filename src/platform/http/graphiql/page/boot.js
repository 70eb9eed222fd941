import { fetcher, session } from './session.js'
import { tabs } from './tabs.js'

const { GraphiQL, React, ReactDOM } = globalThis
const h = React.createElement

function Logo() {
  const signedIn = React.useSyncExternalStore(session.subscribe, session.get)
  const status = signedIn
    ? `signed in${signedIn.email ? ` as ${signedIn.email}` : ''}`
    : 'signed out'
  return h(
    'span',
    { className: 'latchkey' },
    h('img', { src: 'graphiql/favicon.svg', alt: '' }),
    'Latchkey',
    h('output', { className: signedIn ? 'signed-in' : '' }, status),
  )
}

const page = h(
  GraphiQL,
  {
    fetcher,
    defaultTabs: tabs,
    // Otherwise GraphiQL 4 opens the first tab without its variables.
    variables: tabs[0].variables,
    defaultEditorToolsVisibility: 'variables',
    inputValueDeprecation: true,
    schemaDescription: true,
    // No storage. GraphiQL would write the variables (passwords), the headers and the history of both to
    // localStorage, where they outlive the session.
    storage: null,
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
  },
  h(GraphiQL.Logo, null, h(Logo)),
)

ReactDOM.createRoot(document.getElementById('page')).render(page)
