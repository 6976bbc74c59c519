import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  type IPolicy,
  isBrokenCircuitError,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import type { Call } from '../manifest.ts'
import { deadlineAt } from './context.ts'
import { breakerState, retries } from './metrics.ts'

/**
 * What stands between us and one neighbour, over HTTP and gRPC alike: bulkhead, retries with
 * exponential backoff and jitter, breaker, timeout per attempt, in that order from outside in.
 * `single` is for what must not be tried twice.
 */
export function policies({ service, timeoutMs, retries: attempts, breaker }: Call) {
  const { failures, openMs } = breaker ?? { failures: 5, openMs: 60_000 }
  const breaking = circuitBreaker(handleAll, {
    halfOpenAfter: openMs,
    breaker: new ConsecutiveBreaker(failures),
  })
  breaking.onStateChange((state) => breakerState.set({ dependency: service }, level(state)))
  breakerState.set({ dependency: service }, 0)
  // An open circuit stays open for longer than any backoff: waiting for it would only delay the answer.
  const retryable = handleWhen((error) => !isBrokenCircuitError(error))
  const trying = retry(retryable, {
    maxAttempts: attempts,
    backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 }),
  })
  trying.onRetry(() => retries.inc({ dependency: service }))
  const limit = bulkhead(128, 512)
  const deadline = timeout(timeoutMs, TimeoutStrategy.Aggressive)
  const single = wrap(limit, breaking, deadline)
  const patient = attempts > 0 ? wrap(limit, trying, breaking, deadline) : single
  return { single: inTime(single), patient: inTime(patient) }
}

type Work<T> = (context: { signal: AbortSignal }) => Promise<T>

/** No longer than whoever is behind this call waits: further tries would be for nobody. */
const inTime = (policy: IPolicy) => ({
  async execute<T>(work: Work<T>): Promise<T> {
    const until = deadlineAt()
    if (until === undefined || until === Number.POSITIVE_INFINITY) return policy.execute(work)
    const left = until - Date.now()
    if (left <= 0) throw new Error('the caller has stopped waiting')
    return policy.execute(work, AbortSignal.timeout(left))
  },
})

const level = (state: CircuitState): number =>
  state === CircuitState.Closed ? 0 : state === CircuitState.HalfOpen ? 1 : 2
