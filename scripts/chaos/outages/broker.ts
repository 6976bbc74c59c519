import { setTimeout as sleep } from 'node:timers/promises'
import { waitServers } from '../../../deploy/host/ready.ts'
import { restartProcess, stopProcess } from '../../../deploy/host/supervisor.ts'
import { inflict } from '../inflict.ts'
import { drainOutboxes } from './drain.ts'
import type { Outage } from './outage.ts'
import { atLeast, atMost, heardByAll, heardInOrder, servedAtOnce } from './promises.ts'

const FROM_MS = 4_000
const FOR_MS = 20_000

/** Nobody who orders notices, and nothing is late for long afterwards. */
export const broker: Outage = {
  what: 'the broker is dead for 20 s',
  ...{ seconds: (FROM_MS + FOR_MS) / 1_000, perSecond: 20 },
  async happen(scene) {
    const { profile, secrets, history } = scene
    await sleep(FROM_MS)
    await inflict(profile, history, { atMs: FROM_MS, target: 'rabbitmq', what: 'kill' })
    const killedAt = Date.now()
    await stopProcess(profile, 'rabbitmq')
    await sleep(Math.max(0, killedAt + FOR_MS - Date.now()))
    return drainOutboxes(scene, async () => {
      await restartProcess(profile, 'rabbitmq')
      await waitServers(profile, secrets, ['rabbitmq'])
    })
  },
  mustHold: [
    servedAtOnce,
    atMost('exited', 0),
    atLeast('outbox', 1),
    atMost('outboxDrainedMs', 10_000),
    heardByAll,
    heardInOrder,
  ],
}
