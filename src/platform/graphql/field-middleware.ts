import { defaultFieldResolver, type GraphQLField, type GraphQLObjectType } from 'graphql'
import type { ArgsDictionary, ResolverData } from 'type-graphql'
import type { RequestContext } from './context.js'

/** Code before and after a field resolves. Throws in place of the field, or returns the result of `next`. */
export type FieldMiddleware = (
  field: ResolverData<RequestContext>,
  next: () => Promise<unknown>,
) => Promise<unknown>

/**
 * Wraps the fields of a type in these middlewares, the first one outermost. Wraps only fields that need it:
 * TypeGraphQL's global middlewares would wrap every value of the answer (docs/performance.md).
 */
export function wrapFields(
  type: GraphQLObjectType | null | undefined,
  middlewares: FieldMiddleware[],
  shouldWrap: (field: GraphQLField<unknown, unknown>) => boolean = () => true,
) {
  for (const field of Object.values(type?.getFields() ?? {})) {
    if (!shouldWrap(field)) continue
    const resolve = field.resolve ?? defaultFieldResolver
    field.resolve = (root, args, context: RequestContext, info) => {
      const data: ResolverData<RequestContext> = {
        root: root as object,
        args: args as ArgsDictionary,
        context,
        info,
      }
      const resolveField = async (): Promise<unknown> => resolve(root, args, context, info)
      return middlewares.reduceRight<() => Promise<unknown>>(
        (next, middleware) => () => middleware(data, next),
        resolveField,
      )()
    }
  }
}
