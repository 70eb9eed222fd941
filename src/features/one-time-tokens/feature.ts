import type { Feature } from '../../platform/feature.js'
import { errorCodes } from './error-codes.js'

export const feature = { errorCodes } satisfies Feature
