import { pino, type DestinationStream, type Logger } from 'pino'

// Nothing logs these; should somebody one day log an object that has one, it still stays out.
const secretFields = [
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
    serializers: { err: serializeError },
    redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]) },
  }
  return pino(options, destination ?? standardOutput())
}

// Several workers write into one pipe, which keeps writes apart up to 4096 bytes (PIPE_BUF): longer ones were found mixed
// where the reader was slow.
const maxWriteBytes = 4_096

/**
 * A full disk or a reader that went away costs lines of the log, never the service: unheard, the error of
 * the stream would end the process, and its exit would wait for the disk. (Lengths are in bytes.)
 */
function standardOutput(): DestinationStream {
  const destination = pino.destination({
    dest: 1,
    sync: true,
    minLength: maxWriteBytes / 2,
    maxWrite: maxWriteBytes,
    maxLength: 1 << 20,
  })
  destination.on('error', () => undefined)
  process.on('exit', () => {
    destination.end()
  })
  return flushOncePerTick(destination)
}

/**
 * Writes what is logged in one turn of the event loop together, at its end at the latest; only a process that is killed
 * in the midst of a turn takes its lines along. What it bought: a tenth of the time that the server takes for `me`.
 */
function flushOncePerTick(destination: DestinationStream & { flush: () => void }) {
  let isFlushScheduled = false
  const flush = () => {
    isFlushScheduled = false
    destination.flush()
  }
  return {
    write(line: string) {
      destination.write(line)
      if (!isFlushScheduled) setImmediate(flush)
      isFlushScheduled = true
    },
  }
}

/**
 * Of an error no more than this: what libraries attach besides may hold what was refused. PostgreSQL's
 * detail is the failing row, and that may be a password's hash.
 */
function serializeError(error: Error) {
  const { type, message, stack } = pino.stdSerializers.err(error)
  const { code } = error as NodeJS.ErrnoException
  return { type, message: truncate(message, 500), stack: truncate(stack, 2_000), code }
}

const truncate = (text: string, maxLength: number) =>
  text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
