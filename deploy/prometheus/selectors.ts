const CLAUSE = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g
const NOT_A_METRIC = new Set([
  'and',
  'or',
  'unless',
  'by',
  'without',
  'on',
  'bool',
  'offset',
  'inf',
])

/** A metric's name with its matchers, which may hold braces only inside quotes. */
const SELECTOR = /(?<![\w.$])([a-zA-Z_:][\w:]*)\s*(\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})?(\s*\()?/g

/** The series that a PromQL expression reads, each once: `up{service="order"}`. */
export function selectorsOf(expression: string): string[] {
  const kept = stripStrings(expression).replace(CLAUSE, ' ')
  const found = Array.from(kept.matchAll(SELECTOR))
    .filter(([, name, , call]) => !call && !NOT_A_METRIC.has(name!.toLowerCase()))
    .map(([, name, matchers = '']) => name + matchers)
  return [...new Set(found)]
}

/** The metrics that a PromQL expression reads, without their matchers. */
export const metricsIn = (expression: string): string[] => [
  ...new Set(selectorsOf(expression).map((selector) => selector.replace(/\{.*/s, ''))),
]

/** Strings outside matchers are arguments such as label_replace's; ranges are durations. */
function stripStrings(expression: string): string {
  return expression.replace(
    /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}|"(?:[^"\\]|\\.)*"|\[[^\]]*\]/g,
    (part) => (part.startsWith('{') ? part : ' '),
  )
}
