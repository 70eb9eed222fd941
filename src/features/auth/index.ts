export { AuthPayloadResolver, AuthResolver } from './auth.resolver.js'
export { AuthService } from './auth.service.js'
export { createViewerLoader } from './viewer.js'
