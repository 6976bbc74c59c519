import { setTimeout as sleep } from 'node:timers/promises'
import { raiseMemoryAlarm } from '../../broker-alarm.ts'
import { readQueues } from '../../verify/queues.ts'
import { runningPid } from '../inflict.ts'
import { drainOutboxes } from './drain.ts'
import type { Outage, Scene } from './outage.ts'
import { atLeast, atMost, heardByAll, heardInOrder, servedAtOnce } from './promises.ts'

const FROM_MS = 4_000
const FOR_MS = 20_000

/** Has fallen behind when the alarm begins, and would publish what follows from what it hears. */
const LATE = 'notification'

/** The broker has no memory left. What it holds goes on to its consumers, or it would never have any again. */
export const alarm: Outage = {
  what: 'the broker takes nothing for 20 s',
  ...{ seconds: (FROM_MS + FOR_MS) / 1_000, perSecond: 20 },
  async happen(scene) {
    const { profile, secrets, history } = scene
    const late = await runningPid(profile, LATE)
    process.kill(late, 'SIGSTOP')
    await sleep(FROM_MS)
    const calm = await raiseMemoryAlarm(profile, secrets)
    const backlog = await inQueues(scene)
    process.kill(late, 'SIGCONT')
    history.tell({ op: 'alarm', backlog })
    await sleep(FOR_MS)
    const held = await inQueues(scene)
    return { backlog, held, ...(await drainOutboxes(scene, calm)) }
  },
  mustHold: [
    servedAtOnce,
    atMost('exited', 0),
    atLeast('outbox', 1),
    atMost('outboxDrainedMs', 10_000),
    atLeast('backlog', 1),
    atMost('held', 0),
    heardByAll,
    heardInOrder,
  ],
}

/** Not yet acknowledged, as far as the broker knows. */
async function inQueues({ profile, secrets }: Scene): Promise<number> {
  const queues = await readQueues(profile, secrets)
  return queues.reduce((sum, { messages = 0 }) => sum + messages, 0)
}
