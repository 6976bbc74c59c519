import type { Trace } from '../deploy/jaeger/trace.ts'

const PLACED = 'POST /api/v1/orders'
const RECENT = 20

/** Of the newest orders the one whose trace has most to show; undefined when there is none, or no Jaeger. */
export async function traceOfAnOrder(jaeger: string): Promise<Trace | undefined> {
  const query = new URLSearchParams({
    service: 'gateway',
    operation: PLACED,
    limit: String(RECENT),
    lookback: '1h',
  })
  const answer = await fetch(`${jaeger}/api/traces?${query}`).catch(() => undefined)
  if (!answer?.ok) return undefined
  const { data } = (await answer.json()) as { data: Trace[] | null }
  return (data ?? []).sort((a, b) => b.spans.length - a.spans.length)[0]
}
