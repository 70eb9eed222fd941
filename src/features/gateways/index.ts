import { FederationResolver } from './federation.resolver.js'
import { StitchingResolver } from './stitching.resolver.js'

const resolvers = { federation: FederationResolver, stitching: StitchingResolver } as const
type GatewayKind = keyof typeof resolvers

/** The supported kinds of gateway. */
export type Gateways = Readonly<Record<GatewayKind, boolean>>

/** The resolvers for these gateways. */
export const gatewayResolvers = (gateways: Gateways) =>
  Object.entries(resolvers).flatMap(([kind, resolver]) =>
    gateways[kind as GatewayKind] ? [resolver] : [],
  )

export { createUsersById } from './users-by-id.js'
