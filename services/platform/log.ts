import { trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger, pino } from 'pino'
import { correlationId } from './context.ts'

export type Log = Logger

/** Never printed, wherever they stand in a logged object. */
const SECRETS = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie']

/**
 * One JSON line per entry: `time` (ISO 8601), `level`, `service`, `msg`, and `correlation_id`,
 * `trace_id`, `span_id` where there is a request or a message behind the line.
 */
export function createLog(
  { service, level, file }: { service: string; level: string; file?: string },
  destination: DestinationStream | undefined = file ? buffered(file) : undefined,
): Log {
  const options = {
    level,
    base: { service },
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    mixin: tracingFields,
  }
  return destination ? pino(options, destination) : pino(options)
}

const FLUSH_EVERY_MS = 200

/** A write per line costs more than the line: lines gather for a moment. A killed process loses that moment. */
function buffered(file: string): DestinationStream {
  const destination = pino.destination({ dest: file, sync: false, minLength: 8_192, mkdir: true })
  setInterval(() => destination.flush(), FLUSH_EVERY_MS).unref()
  process.once('exit', () => destination.flushSync())
  return destination
}

function tracingFields(): Record<string, string> {
  const fields: Record<string, string> = {}
  const correlation = correlationId()
  if (correlation) fields.correlation_id = correlation
  const span = trace.getActiveSpan()?.spanContext()
  if (span) {
    fields.trace_id = span.traceId
    fields.span_id = span.spanId
  }
  return fields
}
