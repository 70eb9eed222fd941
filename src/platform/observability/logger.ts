import { pino, type DestinationStream, type Logger } from 'pino'

// Nothing logs these; should somebody one day log an object that has one, it still stays out.
const secrets = [
  'password',
  'accessToken',
  'refreshToken',
  'token',
  'authorization',
  'cookie',
  'secret',
]

/** JSON lines with UTC times. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describe },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/**
 * Of an error no more than this: what libraries attach besides may hold what was refused. PostgreSQL's
 * detail is the failing row, and that may be a password's hash.
 */
function describe(error: Error) {
  const { type, message, stack } = pino.stdSerializers.err(error)
  const { code } = error as NodeJS.ErrnoException
  return { type, message, stack, code }
}
