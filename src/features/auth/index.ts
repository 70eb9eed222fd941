export { AuthPayloadResolver, AuthResolver } from './auth.resolver.js'
export { AuthService } from './auth.service.js'
export { createIdentify } from './identify.js'
export { createViewerLoader } from './viewer.js'
