import type { Profile } from '../deploy/host/profile.ts'
import { waitServers, waitServices } from '../deploy/host/ready.ts'
import type { Secrets } from '../deploy/host/secrets.ts'
import { listProcesses, restartProcess, stopProcess } from '../deploy/host/supervisor.ts'
import { serverUrls } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { deadQueue } from '../services/platform/broker/topology.ts'
import { raiseMemoryAlarm } from './broker-alarm.ts'

type Place = { profile: Profile; secrets: Secrets }

export type Fault = {
  /** The alert that has to fire, with these labels among its own. */
  alert: { alertname: string } & Record<string, string>
  what: string
  /** Returns what heals it. Healing twice is harmless. */
  inject: (place: Place) => Promise<() => Promise<void>>
}

const down = (service: string, alert: Fault['alert']): Fault => ({
  alert,
  what: `${service} is stopped`,
  async inject({ profile }) {
    await stopProcess(profile, service)
    return async () => {
      await restartProcess(profile, service)
      await waitServices(
        profile,
        services.filter(({ name }) => name === service),
      )
    }
  },
})

const brokerDown: Fault = {
  alert: { alertname: 'OutboxStuck', service: 'order' },
  what: 'RabbitMQ is stopped; orders are still accepted',
  async inject({ profile, secrets }) {
    await stopProcess(profile, 'rabbitmq')
    return async () => {
      await restartProcess(profile, 'rabbitmq')
      await waitServers(profile, secrets, ['rabbitmq'])
    }
  },
}

const brokerBlocked: Fault = {
  alert: { alertname: 'BrokerBlocked', service: 'order' },
  what: 'RabbitMQ believes that its memory is full; orders are still accepted',
  inject: ({ profile, secrets }) => raiseMemoryAlarm(profile, secrets),
}

const POISONED = 'notification.orders'

const poisonMessage: Fault = {
  alert: { alertname: 'DeadLetters', queue: deadQueue(POISONED) },
  what: `a message that fits no schema is put into ${POISONED}`,
  async inject(place) {
    await broker(place, 'POST', '/exchanges/%2F/amq.default/publish', {
      ...{ routing_key: POISONED, payload: 'not even JSON', payload_encoding: 'string' },
      properties: { type: 'order.placed', message_id: crypto.randomUUID() },
    })
    return async () => {
      await broker(place, 'DELETE', `/queues/%2F/${deadQueue(POISONED)}/contents`)
    }
  },
}

const PAUSED_MS = 450
const EVERY_MS = 600

const slowRestaurant: Fault = {
  alert: { alertname: 'LatencyBurnsFast', service: 'gateway' },
  what: `restaurant stands still for ${PAUSED_MS} of every ${EVERY_MS} ms`,
  async inject({ profile }) {
    const found = (await listProcesses(profile)).find(({ name }) => name === 'restaurant')
    if (!found?.pid) throw new Error('restaurant does not run: make up')
    const signal = (what: NodeJS.Signals) => process.kill(found.pid, what)
    const pauses = setInterval(() => {
      signal('SIGSTOP')
      setTimeout(() => signal('SIGCONT'), PAUSED_MS)
    }, EVERY_MS)
    return async () => {
      clearInterval(pauses)
      signal('SIGCONT')
    }
  },
}

/** What is broken, and which alert has to say so. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'payment-down': down('payment', { alertname: 'TargetDown', service: 'payment' }),
  'restaurant-down': down('restaurant', { alertname: 'AvailabilityBurnsFast', service: 'gateway' }),
  'inventory-down': down('inventory', { alertname: 'SagaStuck', state: 'reserve-stock' }),
  'acquirer-down': down('acquirer', { ...{ alertname: 'BreakerOpen' }, dependency: 'acquirer' }),
  'broker-down': brokerDown,
  'broker-blocked': brokerBlocked,
  'poison-message': poisonMessage,
  'restaurant-slow': slowRestaurant,
}

async function broker(
  { profile, secrets }: Place,
  method: 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> {
  const response = await fetch(`${serverUrls(profile, secrets).management}/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${btoa(`restofy:${secrets.rabbitmq}`)}`,
      'content-type': 'application/json',
    },
    body: body && JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}
