import type { Logger } from 'pino'

/** The part of the application's logger that the database needs. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>
