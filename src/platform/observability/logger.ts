import { pino, type DestinationStream, type Logger } from 'pino'

// No code logs these fields. Redaction is a safety net for objects that contain one.
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

// Several workers write into one pipe. The kernel writes up to 4096 bytes (PIPE_BUF) atomically; longer writes of two
// workers can interleave.
const maxWriteBytes = 4_096

/**
 * A full disk or a closed pipe loses log lines but never stops the service. Without the error handler, a stream error
 * would end the process, and the exit would wait for the disk. Lengths are in bytes.
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
 * Writes all lines of one turn of the event loop together, at its end at the latest. Only a process that is killed
 * within a turn loses its lines (docs/performance.md).
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
 * Logs only these fields of an error. Libraries attach other fields that may hold rejected input: PostgreSQL's detail
 * is the failing row, which may contain a password hash.
 */
function serializeError(error: Error) {
  const { type, message, stack } = pino.stdSerializers.err(error)
  const { code } = error as NodeJS.ErrnoException
  return { type, message: truncate(message, 500), stack: truncate(stack, 2_000), code }
}

const truncate = (text: string, maxLength: number) =>
  text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
