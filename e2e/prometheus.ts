import { request } from '#platform/testing.ts'
import { ports } from './stack.ts'

const api = `http://127.0.0.1:${ports.prometheus}/api/v1`

/** Where k6 sends its own figures. */
export const writeUrl = `${api}/write`

export type Sample = { metric: Record<string, string>; value: [number, string] }

/** What an expression is just now; throws what Prometheus says against it. */
export async function query(expression: string): Promise<Sample[]> {
  const url = new URL(`${api}/query`)
  url.searchParams.set('query', expression)
  const { body } = await request(url.href)
  if (body.status !== 'success') throw new Error(`${expression}: ${body.error}`)
  return body.data.result
}

export type LoadedRule = {
  type: 'recording' | 'alerting'
  name: string
  query: string
  labels?: Record<string, string>
  health: string
  lastError?: string
}

export async function loadedRules(): Promise<LoadedRule[]> {
  const { body } = await request(`${api}/rules`)
  return body.data.groups.flatMap(({ rules }: { rules: LoadedRule[] }) => rules)
}
