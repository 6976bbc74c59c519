import type { Safeguard } from '../../services/platform/failpoint.ts'
import type { CheckName } from '../verify/verdict.ts'
import type { Fault } from './plan.ts'

/** What happens while a safeguard is missing, and which check has to notice. */
export type Control = { failpoints: string; faults: readonly Fault[]; noticedBy: CheckName }

const kill = (target: string, atMs: number): Fault => ({ target, atMs, what: 'kill' })

/** The verdict is worth something only if each of these makes it red. */
export const CONTROLS: Readonly<Record<`no-${Safeguard}`, Control>> = {
  // Each tenth message is handled, then delivered again, and nothing tells that it is the same one.
  'no-inbox': { failpoints: 'no-inbox,C11=throw:1/10', faults: [], noticedBy: 'notifications' },
  // Each fifth order is placed, then answered with an error: the customer asks again.
  'no-idempotency': { failpoints: 'no-idempotency,C4=throw:1/5', faults: [], noticedBy: 'doubled' },
  // What is published while the broker is away counts as sent.
  'no-confirm': {
    failpoints: 'no-confirm',
    faults: [kill('rabbitmq', 1_500)],
    noticedBy: 'notifications',
  },
}
