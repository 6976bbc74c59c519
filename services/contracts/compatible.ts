/** The part of JSON Schema that our payloads are described with. */
export type JsonSchema = {
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  items?: JsonSchema
  [keyword: string]: unknown
}

/**
 * What makes `after` another contract than `before`, by path. Fields may be added as long as nobody
 * has to send them: yesterday's messages still fit, and yesterday's readers find all they look for.
 */
export function breaks(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  const { properties: old, required: _, items, ...rest } = before
  const { properties: now, required: __, items: itemsNow, ...restNow } = after
  return [
    ...(same(rest, restNow) ? [] : [`${path || 'it'} was ${text(rest)} and is ${text(restNow)}`]),
    ...(items ? breaks(items, itemsNow ?? {}, `${path}[]`) : []),
    ...fieldsOf(before, after).flatMap((field) => {
      const inside = path ? `${path}.${field}` : field
      if (!now?.[field]) return [`${inside} is gone`]
      const needed = isRequired(after, field)
      if (!old?.[field]) return needed ? [`${inside} is new and required`] : []
      const change = `${inside} has become ${needed ? 'required' : 'optional'}`
      const moved = needed === isRequired(before, field) ? [] : [change]
      return [...moved, ...breaks(old[field], now[field], inside)]
    }),
  ]
}

const fieldsOf = (before: JsonSchema, after: JsonSchema): string[] => [
  ...new Set([...Object.keys(before.properties ?? {}), ...Object.keys(after.properties ?? {})]),
]

const isRequired = ({ required }: JsonSchema, field: string) => required?.includes(field) ?? false
const same = (a: object, b: object) => text(a) === text(b)

/** With sorted keys: their order says nothing. */
const text = (schema: object): string =>
  JSON.stringify(schema, (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  )
