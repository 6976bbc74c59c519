type Entry = Record<string, unknown>

/** Read with every line, so not worth a column of their own. */
const HIDDEN = new Set([
  ...['time', 'level', 'service', 'msg', 'pid', 'hostname'],
  ...['trace_id', 'span_id', 'trace_flags', 'correlation_id'],
])
const MOST_FIELDS = 8

/** A pino line as one line for people: time, service, level, message, then its own fields. */
export function renderLogLine(process: string, line: string): string {
  const entry = parseEntry(line)
  if (!entry) return `${' '.repeat(12)} ${process.padEnd(12)} ${line}`
  const fields = Object.entries(entry)
    .filter(([name, value]) => !HIDDEN.has(name) && value !== undefined && name !== 'err')
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
  const time = String(entry.time ?? '').slice(11, 23)
  const level = String(entry.level ?? '').padEnd(5)
  const message = [entry.msg, ...fields, errorOf(entry)].filter(Boolean).join('  ')
  return `${time.padEnd(12)} ${process.padEnd(12)} ${level} ${message}`
}

function errorOf({ err }: Entry): string {
  const { message, stack } = (err ?? {}) as { message?: string; stack?: string }
  return stack ? `\n${stack.replace(/^/gm, '    ')}` : (message ?? '')
}

export function parseEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}

/**
 * Lets through what belongs to one order: lines that name its id, and lines with a correlation id that
 * stood beside it before. Feed it in order of time.
 */
export function belongsTo(id: string): (line: string) => boolean {
  const correlations = new Set<string>()
  return (line) => {
    const correlation = parseEntry(line)?.correlation_id
    if (line.includes(id)) {
      if (typeof correlation === 'string') correlations.add(correlation)
      return true
    }
    return typeof correlation === 'string' && correlations.has(correlation)
  }
}
