import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { correlationId, inContext } from './context.ts'

/** What a request leaves behind for work done later on its behalf: W3C trace headers and `correlation-id`. */
export type Carried = Record<string, string>

export function carry(): Carried {
  const carried: Carried = {}
  const correlation = correlationId()
  if (correlation) carried['correlation-id'] = correlation
  propagation.inject(context.active(), carried)
  return carried
}

/** Goes on where `carry` stopped: same trace, same correlation id. */
export function resume<T>(carried: Carried, work: () => T): T {
  const correlation = carried['correlation-id'] ?? 'unknown'
  return context.with(propagation.extract(ROOT_CONTEXT, carried), () =>
    inContext({ correlationId: correlation }, work),
  )
}
