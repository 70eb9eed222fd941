export { createSessionFetch } from './fetch.js'
export { sessionSocket } from './graphql-ws.js'
export { createSession } from './session.js'
export { sessionDocuments } from './service.js'
export {
  ServiceUnavailable,
  type Session,
  type SessionOptions,
  type SessionState,
} from './session.types.js'
export type { TokenStorage } from './store.js'
