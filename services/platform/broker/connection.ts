import { setTimeout as sleep } from 'node:timers/promises'
import amqplib, { type Channel, type ChannelModel } from 'amqplib'
import type { Pool } from 'pg'
import type { Log } from '../log.ts'
import { type Consumers, consume } from './consumer.ts'
import { type Memory, sayAgainIfForgotten } from './forgotten.ts'
import { groupCommit } from './group-commit.ts'
import { createPublisher, type Publisher } from './publisher.ts'
import { type Broker, declare } from './topology.ts'

export type BrokerDeps = {
  url: string
  broker: Broker
  consumers: Consumers
  pool: Pool
  log: Log
  /** Of a service whose messages nobody would ask for again. */
  memory?: Omit<Memory, 'db'>
}

const REMIND_AGAIN_MS = 5_000
/** Two of them missed and the other end is given up: a broker's own minute holds messages for three. */
const HEARTBEAT_SECONDS = 10

export type BrokerConnection = {
  publisher: Publisher
  connected: () => boolean
  /** Stops consuming, lets running handlers finish, then closes. */
  stop: () => Promise<void>
}

/**
 * Connects and stays connected: every (re)connection declares the whole topology, opens a confirm
 * channel and restarts the consumers, so a broker that comes back empty is made whole again.
 */
export async function connectBroker(deps: BrokerDeps): Promise<BrokerConnection> {
  const queues = Object.entries(deps.consumers).map(([queue, handlers]) => {
    const known = deps.broker.topology.find((row) => row.queue === queue)
    if (!known) throw new Error(`${queue} is in no manifest's hears`)
    return { known, handlers }
  })
  const publisher = createPublisher(deps.broker)
  const commit = groupCommit(deps.pool)
  let consuming: { stop: () => Promise<void> }[] = []
  let stopping = false

  async function setup(model: ChannelModel): Promise<void> {
    // Errors also end in 'close', which is what recovery acts on; unheard they would end the process.
    model.on('error', (error) => deps.log.warn({ err: error }, 'broker connection failed'))
    const topologyChannel = await model.createChannel()
    await declare(topologyChannel, deps.broker)
    await topologyChannel.close()
    const speaking = queues.length > 0 ? await beside(model) : model
    guard(model, await publisher.use(speaking))
    if (!stopping) consuming = await startConsumers(model)
    // Not waited for: it may be much.
    if (deps.memory) void remind(model, { ...deps.memory, db: deps.pool })
  }

  // From whoever publishes the broker stops reading when its memory is full. Acknowledgements behind that
  // would not reach it, and nothing would ever make room again. The two live and end together.
  async function beside(model: ChannelModel): Promise<ChannelModel> {
    const ended = new Promise((resolve) => model.once('close', resolve))
    const speaking = await amqplib.connect(deps.url)
    speaking.on('error', (error) => deps.log.warn({ err: error }, 'broker connection failed'))
    speaking.on('close', () => void model.close().catch(() => {}))
    void ended.then(() => speaking.close()).catch(() => {})
    return speaking
  }

  async function remind(model: ChannelModel, memory: Memory): Promise<void> {
    let open = true
    model.once('close', () => {
      open = false
    })
    while (open) {
      try {
        const again = await sayAgainIfForgotten(model, memory)
        if (again) deps.log.warn('the broker had lost its memory: recent events were said again')
        return
      } catch (err) {
        if (open) deps.log.error({ err }, 'what a broker has lost could not be said again yet')
        await sleep(REMIND_AGAIN_MS, undefined, { ref: false })
      }
    }
  }

  function startConsumers(model: ChannelModel) {
    return Promise.all(
      queues.map(async ({ known, handlers }) => {
        const channel = await model.createChannel()
        guard(model, channel)
        return consume({ log: deps.log, commit, publisher }, channel, known, handlers)
      }),
    )
  }

  // A channel can die alone (consumer ack timeout): start over rather than limp.
  function guard(model: ChannelModel, channel: Channel): void {
    channel.on('error', (error) => deps.log.warn({ err: error }, 'broker channel failed'))
    channel.on('close', () => void model.close().catch(() => {}))
  }

  const url = new URL(deps.url)
  url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS))
  const connection = await amqplib.connect(url.href, {
    recovery: { waitForConnect: false, initialDelay: 200, maxDelay: 3_000, setup },
  })
  connection.on('error', () => {}) // reported by the model's own listener
  connection.on('connect', () => deps.log.info('connected to the broker'))
  connection.on('disconnect', (err) => deps.log.warn({ err }, 'broker connection lost'))
  connection.on('connect-failed', (err) => deps.log.warn({ err }, 'the broker is not there yet'))

  return {
    publisher,
    connected: publisher.connected,
    async stop() {
      stopping = true
      await Promise.all(consuming.map((consumer) => consumer.stop()))
      await connection.close()
    },
  }
}
