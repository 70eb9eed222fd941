// Acts like a server that renders a page: it creates a session, uses it and drops it. Nothing may keep the process
// alive.
import { createSession } from '@latchkey/client'

const before = Object.getOwnPropertyNames(globalThis)
const url = `${process.argv[2] ?? ''}/graphql`
const session = createSession({ url, transport: 'COOKIE' })
const idle = createSession({ url })
const states = [idle.state().status]
await session.ready()
states.push(session.state().status)
const added = Object.getOwnPropertyNames(globalThis).filter((key) => !before.includes(key))
const timers = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout')
process.send?.({ added, timers, states })
